"""Runs chains on the workers of a Dask cluster. The modules that run there, not here, are in `worker`."""
