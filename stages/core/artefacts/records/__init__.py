"""Typed JSON files that one stage writes and other stages read."""
