"""Built-in checks and Great Expectations suites for raw data."""
