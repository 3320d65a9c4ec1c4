"""How far new rows are from the accepted profile of the raw data."""
