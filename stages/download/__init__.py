"""Source to canonical raw data, verified. Whatever a format is, it ends in this room."""
