"""Pictures: how a file becomes pixels, and which files of a folder are pictures."""
