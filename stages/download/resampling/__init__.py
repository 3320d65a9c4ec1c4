"""Rows of a series at any times become one row for each period, such as a day or a month."""
