"""Forecasts of time series on a page: what they look like, how large their errors are, and the backtest."""
