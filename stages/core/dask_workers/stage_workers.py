"""The setting that names the workers to which a stage gives blocks of a large table and folds of a backtest."""

import os

# The address of a scheduler of Dask. `restage` sets it to `stage_workers` of conf/local.yaml.
STAGE_WORKERS = "RESTAGE_STAGE_WORKERS"
# What a person has set.
NAME = "stage_workers in conf/local.yaml, or RESTAGE_STAGE_WORKERS"


def use_stage_workers(address: str | None) -> None:
    """For the processes that this one starts, and for itself. A variable that a person has set comes first."""
    if address is not None:
        os.environ.setdefault(STAGE_WORKERS, address)


def stage_workers() -> str | None:
    """The address, or None: then a stage does all of its work itself."""
    return os.environ.get(STAGE_WORKERS) or None
