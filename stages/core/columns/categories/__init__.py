"""Columns of categories and class labels."""
