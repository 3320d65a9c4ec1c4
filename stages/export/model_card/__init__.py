"""The model card: its facts, and its text."""
