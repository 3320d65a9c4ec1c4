"""Metrics of predicted classes, of probabilities and of predicted values."""
