"""What differs between two revisions besides metrics: parameters, validation, sizes, stages."""
