"""How a stage's process is prepared, how it runs, and how it writes its outputs."""
