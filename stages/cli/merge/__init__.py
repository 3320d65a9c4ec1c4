"""`restage merge` and the Git merge driver: generated files of two branches are merged entry by entry."""
