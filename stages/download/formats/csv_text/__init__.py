"""Reading of text with separated columns."""
