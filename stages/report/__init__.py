"""Everything a dataset's chain made, as one page a person can read without a network."""
