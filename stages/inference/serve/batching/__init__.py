"""Runs the model on the rows of several requests at once."""
