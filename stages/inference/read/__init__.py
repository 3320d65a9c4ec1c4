"""Reads new rows from files, streams and records, block by block."""
