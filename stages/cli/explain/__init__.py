"""`restage explain`: why each stage would run, found without running one."""
