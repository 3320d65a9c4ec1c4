"""Parts of a stage's work on workers of Dask that see the files of the clone."""
