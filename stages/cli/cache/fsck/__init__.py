"""`restage fsck`: compares the objects of the cache, a remote and the work tree with their names, and repairs them."""
