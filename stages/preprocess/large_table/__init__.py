"""A table of several blocks, preprocessed one block at a time."""
