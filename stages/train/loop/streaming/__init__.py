"""Training on data that are too large for the memory: their samples are read a part at a time."""
