"""Builds, compiles, checks and saves the Keras model."""
