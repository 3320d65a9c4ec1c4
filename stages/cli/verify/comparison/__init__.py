"""Comparisons of recorded outputs, and of files by their format: the first difference."""
