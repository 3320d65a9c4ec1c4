"""The formats of new rows that have a reader of one file each."""
