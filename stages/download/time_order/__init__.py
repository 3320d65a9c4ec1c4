"""The times of a series, and its rows in their order."""
