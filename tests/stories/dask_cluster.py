"""A scheduler and worker processes of Dask on 127.0.0.1, each worker with copies and a cache in a folder of its own."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.stories.repo import NO_CHANGE, environment

TIMEOUT = 120.0


class DaskCluster:
    """Its processes run in `folder`, where no code of the repository is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self._file = folder / "scheduler.json"

    def start_scheduler(self) -> None:
        self.scheduler = self._start("scheduler", "dask_scheduler", "--port", "0", "--scheduler-file", str(self._file))
        wait_until(lambda: self._file.is_file() and self._file.stat().st_size > 0)
        self.address = str(json.loads(self._file.read_text())["address"])

    def start_worker(self, name: str, *options: str, env: Mapping[str, str] = NO_CHANGE) -> None:
        own = {"RESTAGE_WORKER_FOLDER": str(self.worker_folder(name))}
        self.workers[name] = self._start(
            name, "dask_worker", self.address, "--name", name, "--nthreads", "1", "--no-nanny",
            "--local-directory", str(self.folder / f"{name}-scratch"), *options, env={**own, **env},
        )  # fmt: skip
        wait_until(lambda: "Starting established connection" in (self.folder / f"{name}.txt").read_text())

    def worker_folder(self, name: str) -> Path:
        return self.folder / f"{name}-folder"

    def _start(
        self, name: str, module: str, *options: str, env: Mapping[str, str] = NO_CHANGE
    ) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--host", "127.0.0.1", "--no-dashboard"]
        clean = {name: value for name, value in environment().items() if name != "PYTHONPATH"}
        with (self.folder / f"{name}.txt").open("wb") as output:
            return subprocess.Popen(
                [*command, *options], cwd=self.folder, env={**clean, **env}, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        process.kill()
        process.wait()

    def stop(self) -> None:
        for process in (*self.workers.values(), self.scheduler):
            if process.poll() is None:
                process.terminate()
        for process in (*self.workers.values(), self.scheduler):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill(process)

    def chain_processes(self) -> list[int]:
        """Those that run in the copies of the workers."""
        return [int(process.name) for process in Path("/proc").iterdir() if self._is_in_copy(process)]

    def _is_in_copy(self, process: Path) -> bool:
        try:
            folder = (process / "cwd").readlink()
        except OSError:
            return False
        return any(folder.is_relative_to(self.worker_folder(name)) for name in self.workers)


@contextmanager
def dask_cluster(folder: Path, workers: Sequence[str] = ("first", "second")) -> Iterator[DaskCluster]:
    folder.mkdir(exist_ok=True)
    cluster = DaskCluster(folder)
    cluster.start_scheduler()
    try:
        for name in workers:
            cluster.start_worker(name)
        yield cluster
    finally:
        cluster.stop()


def wait_until(reached: Callable[[], object], seconds: float = TIMEOUT) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it was not reached in time"
        time.sleep(0.1)
