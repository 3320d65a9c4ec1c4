"""Turns rows into predictions with a trained model."""
