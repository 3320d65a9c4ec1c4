"""Where predictions go: a file, standard output or a small table; and the rows that cannot be predicted."""
