"""Where the files of a dataset are, in the working tree or at a revision."""
