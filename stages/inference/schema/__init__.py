"""Describes the rows that a trained model takes."""
