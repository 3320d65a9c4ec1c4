"""The predictions that evaluate recorded, in arrays that need no memory when they are large."""
