"""`restage compare`: what differs between two revisions."""
