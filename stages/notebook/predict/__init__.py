"""Predictions of new rows, as `restage predict` makes them."""
