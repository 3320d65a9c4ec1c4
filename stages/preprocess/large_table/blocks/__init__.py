"""The blocks of a large table: their values, the splits of their rows, and functions that are called for each."""
