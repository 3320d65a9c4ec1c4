"""Writes a trained model into a folder that needs nothing of this repository."""
