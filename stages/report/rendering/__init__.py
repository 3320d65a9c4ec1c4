"""Numbers, names, tables and templates as text and HTML."""
