"""What conf/ says of a new dataset: its model, its targets, and the text of its file."""
