"""The rows that are predicted: those of an input, of a split, or the last ones of a series."""
