"""Columns of a table whose values are paths of pictures."""
