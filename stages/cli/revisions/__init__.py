"""The state of the repository at a commit, with the outputs that it records."""
