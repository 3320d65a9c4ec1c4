"""`restage lock`: splits requirements.lock into the packages that each stage depends on."""
