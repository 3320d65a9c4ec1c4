"""What is kept of the last run of each stage: what it printed, how long it took, whether it failed."""
