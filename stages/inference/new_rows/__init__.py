"""New rows: from the values as they are given to what a model takes."""
