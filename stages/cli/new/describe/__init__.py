"""Looks at the data of a new dataset: its columns, what can be predicted, and what looks wrong."""
