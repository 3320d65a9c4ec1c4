"""`restage run`: runs the chains of several datasets in parallel; DVC runs and records each stage."""
