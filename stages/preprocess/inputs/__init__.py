"""The columns of raw data that become inputs and targets."""
