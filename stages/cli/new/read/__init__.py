"""Reads the data of a new dataset: files, a query of a database, or a path of another repository."""
