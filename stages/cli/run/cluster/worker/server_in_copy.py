"""A process of a worker that runs in a copy of the repository."""

from collections.abc import Sequence
from pathlib import Path
from typing import IO

from stages.core.dask_workers.server_process import ServerProcess


class ServerInCopy(ServerProcess):
    """It holds the lock of the copy."""

    def __init__(self, key: str, copy: Path, lock: IO[str], arguments: Sequence[str]) -> None:
        super().__init__(key, copy, arguments, copy.with_suffix(".log"), pass_fds=[lock.fileno()])
        self.copy = copy
