"""Trains the model of each fold of a backtest."""
