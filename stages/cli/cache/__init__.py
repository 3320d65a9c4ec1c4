"""`restage fsck` and `restage gc`: the objects of DVC's cache and remotes, and which records need them."""
