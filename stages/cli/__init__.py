"""What a person runs: `restage`."""
