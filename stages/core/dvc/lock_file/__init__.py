"""dvc.lock: its text, its reading and writing, and its repair."""
