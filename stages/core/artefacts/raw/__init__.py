"""Raw data: what download writes and the other stages read."""
