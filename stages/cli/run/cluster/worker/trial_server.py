"""The processes of a worker that train trials, each in a copy of the repository that has the raw data."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from stages.cli.run.cluster.worker.server_in_copy import ServerInCopy
from stages.core.dask_workers.server_process import POLL_SECONDS, last_text, server_environment

MODULE = "stages.cli.tune.workers"
FETCH_MODULE = "stages.cli.run.cluster.worker.fetch_inputs"
STUDIES = ".dvc/tmp/restage/tune"


class TrialServer(ServerInCopy):
    """Trains one trial at a time, with TensorFlow and the data loaded. It has nothing to finish, so that it is killed.

    Processed data of large tables, which it writes into the copy, are removed with it.
    """

    def __init__(self, key: str, copy: Path, lock: IO[str], threads: int, setup: str) -> None:
        super().__init__(key, copy, lock, ["-m", MODULE, str(threads)])
        self.send(setup)

    def close(self) -> int:
        exit_code = super().close()
        shutil.rmtree(self.copy / STUDIES, ignore_errors=True)
        return exit_code


def fetch_inputs(copy: Path, lock: IO[str], request: dict[str, Any], is_cancelled: Callable[[], bool]) -> str | None:
    """Bring what stages read into the copy, from remote or cache; returns why that failed."""
    errors = copy.with_suffix(".log")
    with errors.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", FETCH_MODULE], cwd=copy, env=server_environment(), stdin=subprocess.PIPE,
            stdout=output, stderr=output, start_new_session=True, pass_fds=[lock.fileno()],
        )  # fmt: skip
    if process.stdin is not None:
        with suppress(BrokenPipeError), process.stdin:
            process.stdin.write(json.dumps(request).encode())
    while True:
        try:
            code = process.wait(POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if is_cancelled():
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        else:
            return last_text(errors) if code else None
