"""`restage new` for pictures in class folders."""
