"""Reads whole texts, and texts of word numbers."""
