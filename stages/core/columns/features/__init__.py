"""How one column of a table becomes numbers. Each kind of column has its own file."""
