"""What is wrong in the values of new rows, by kind of column."""
