"""Prepares, trains and measures trials, in a process that does one after another. Most modules load Keras."""
