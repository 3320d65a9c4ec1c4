"""Metrics of the folds of a backtest, each of which has a model of its own."""
