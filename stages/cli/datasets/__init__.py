"""Commands that list the datasets, add one to the suite of the clone, and remove one."""
