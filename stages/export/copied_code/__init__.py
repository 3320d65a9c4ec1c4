"""Which modules of this repository an exported package needs, and their copies under another name."""
