"""The formats of tables, and the types of their columns."""
