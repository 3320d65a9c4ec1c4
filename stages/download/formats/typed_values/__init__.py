"""Columns of values that have a type in their file: JSON and Excel know numbers, texts and truth values."""
