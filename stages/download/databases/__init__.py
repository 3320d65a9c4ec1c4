"""The result of a query of a database: fetched, kept as a snapshot whose hash stands in conf, read as a table."""
