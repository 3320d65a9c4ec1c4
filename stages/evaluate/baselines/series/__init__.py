"""Forecasts from the known values of a series alone, without the inputs of the model."""
