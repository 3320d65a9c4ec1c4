"""Columns of texts: words, the vocabulary of the training rows, and the forms in which a model takes a text."""
