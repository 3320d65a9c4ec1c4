"""Turns what is written in a column into values of its type."""
