"""Raw data, processed data and results as arrays and data frames."""
