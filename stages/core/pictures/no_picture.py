"""What stands in a column of pictures for a row without one."""

NO_PICTURE = -1
