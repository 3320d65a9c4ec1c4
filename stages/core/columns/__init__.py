"""A type for each kind of column: how it is checked, fitted, transformed and inverted."""
