"""The command line of an exported folder: `python -m model`."""
