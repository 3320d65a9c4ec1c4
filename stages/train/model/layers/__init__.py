"""Hidden layers for inputs of each kind."""
