"""The evaluate stage: metrics on held-out rows, for the model and for baselines."""
