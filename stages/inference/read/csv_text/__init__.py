"""Rows of text with separated columns."""
