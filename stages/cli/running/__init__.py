"""`restage run`: the chains side by side, each stage run and recorded by DVC itself."""
