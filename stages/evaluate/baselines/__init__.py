"""Predictions that the model is compared with."""
