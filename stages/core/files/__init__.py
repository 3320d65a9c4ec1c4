"""Files: written atomically, compared by their metadata, and checked before they are opened."""
