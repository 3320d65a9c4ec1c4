"""Transformations of series that can be inverted: of rows, and of windows."""
