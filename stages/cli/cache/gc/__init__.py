"""`restage gc`: removes objects that no record needs."""
