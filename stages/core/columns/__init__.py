"""Transformations of columns: fitted by preprocess, applied to every row."""
