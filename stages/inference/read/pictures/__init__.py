"""Reads pictures: files, folders, zips, arrays, and those that a table names."""
