"""Work on data larger than the memory: calls block by block, values in files, limits."""
