"""Held-out rows of the raw data, with the answers of the model."""
