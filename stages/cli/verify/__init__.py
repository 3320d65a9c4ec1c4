"""`restage verify`: runs all stages again in a temporary clone and compares every output with dvc.lock."""
