"""How datasets and comparisons are shown in a notebook, as HTML without scripts and requests."""
