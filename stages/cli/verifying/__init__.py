"""`restage verify`: the chains once more from nothing, and every output held against dvc.lock."""
