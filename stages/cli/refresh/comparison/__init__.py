"""New data beside those that conf pins: which row is which, and what is different."""
