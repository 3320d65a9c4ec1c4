"""Which rows train, select and evaluate: drawn, in order, by time, by group or by key."""
