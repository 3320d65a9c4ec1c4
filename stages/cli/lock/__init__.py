"""`restage lock`: writes into stages/locked the part of requirements.lock that each stage depends on."""
