"""The code of the tutorials against ours: the same model and data, side by side, on this machine."""
