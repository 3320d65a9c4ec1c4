"""Which parameters are tried, which trials are stopped early, and which parameters mattered. Only this uses Optuna."""
