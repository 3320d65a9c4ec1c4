"""How good the model is on rows it never saw, and how good no model would be."""
