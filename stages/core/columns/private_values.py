"""Columns whose values are not shown."""

# What is shown in place of a value.
PRIVATE = "private"
