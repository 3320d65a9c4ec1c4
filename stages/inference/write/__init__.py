"""Writes predictions to files and streams."""
