"""How a stage runs: as a transaction, on inputs that stay as they are."""
