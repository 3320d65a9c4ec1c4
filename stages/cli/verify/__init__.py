"""`restage verify`: runs all stages again in a clean clone and compares every output with dvc.lock."""
