"""Rows that an exported folder keeps, with the answers of the model, to check that it still gives them."""
