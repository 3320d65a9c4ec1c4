"""`python -m stages.cli.run.cluster.connection.own_cluster WORKERS`: a Dask cluster of processes on this machine.

It prints the scheduler's address and ends when its standard input is closed. Only 127.0.0.1 is listened on. It is a
process of its own, so that Ctrl-C in a terminal, which goes to the whole process group, does not end the workers before
they have ended their chains.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from stages.core.errors import UserError

HOST = "127.0.0.1"


@contextmanager
def own_cluster(workers: int) -> Iterator[str]:
    """Yield the scheduler's address."""
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, str(workers)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the process has no pipes")
    try:
        address = process.stdout.readline().strip()
        if not address:
            raise UserError("--on dask: the workers of this machine did not start; `restage run` without --on works")
        yield address
    finally:
        process.stdin.close()
        process.wait()


def main(workers: int) -> None:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, host=HOST, dashboard_address=None,
        memory_limit=0, silence_logs=logging.CRITICAL,
    ) as cluster:  # fmt: skip
        print(cluster.scheduler_address, flush=True)
        os.read(0, 1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
