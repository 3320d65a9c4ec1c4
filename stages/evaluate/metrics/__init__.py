"""Metrics of predicted classes, of probabilities, of predicted values and of forecasts."""
