"""Parameters: their types, how they are read, and the messages about mistakes in them."""
