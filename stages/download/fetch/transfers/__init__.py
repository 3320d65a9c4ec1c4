"""One attempt to get a file, for each kind of address."""
