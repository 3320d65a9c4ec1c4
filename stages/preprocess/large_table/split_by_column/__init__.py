"""The rows of a large table, assigned to splits by the values of a column: of times, groups or keys."""
