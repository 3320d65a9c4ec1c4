"""Duplicates, near duplicates and redundant columns: ways in which test data can leak into training."""
