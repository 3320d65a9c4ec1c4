"""Parameters of pictures."""
