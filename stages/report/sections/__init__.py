"""The sections of a dataset's page."""
