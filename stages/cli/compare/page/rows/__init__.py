"""Rows that the two revisions predict differently."""
