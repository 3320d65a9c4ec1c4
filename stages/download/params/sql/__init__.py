"""Parameters of a source that is the result of a query of a database."""
