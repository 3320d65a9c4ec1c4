"""How values are written as text."""
