"""The download stage: get a dataset's source files, verify them, and write them as canonical raw data."""
