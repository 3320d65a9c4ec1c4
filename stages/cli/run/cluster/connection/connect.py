"""Connects to the scheduler of a Dask cluster, or starts a cluster of this machine for one run."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from distributed import Client

from stages.cli.run.cluster.connection.own_cluster import own_cluster
from stages.cli.run.execution.open_executor import OWN_CLUSTER
from stages.core.dask_workers.silence_dask import silence_dask
from stages.core.errors import UserError

CONNECT_SECONDS = 8.0


@contextmanager
def connected(place: str, slots: int) -> Iterator[Client]:
    """Nothing but the scheduler's own port is used; certificates come from Dask's configuration."""
    silence_dask()
    if place == OWN_CLUSTER:
        with own_cluster(slots) as address, _client(address) as client:
            yield client
    else:
        with _client(place) as client:
            yield client


@contextmanager
def _client(address: str) -> Iterator[Client]:
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError, ImportError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UserError(
            f"the Dask scheduler at {address} does not answer ({reason}); start it, or correct --on"
        ) from None
    try:
        yield client
    finally:
        with suppress(Exception):  # the scheduler may be gone
            client.close(timeout=2)
