"""The workers of a Dask scheduler that fit: they see the files of the clone, and give the results of this machine."""

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any

from stages.core import dask_workers
from stages.core.dask_workers.call_task import Place, problems, run_call
from stages.core.dask_workers.silence_dask import silence_dask
from stages.core.dask_workers.stage_workers import NAME
from stages.core.dask_workers.worker_requirements import requirements_of
from stages.core.errors import UserError, format_examples
from stages.core.files.atomic_write import explain_write_errors
from stages.core.runtime.library_versions import REQUIREMENTS_FOLDER

SECONDS_TO_CONNECT = 30
THREADS = "threads"
# Each file is there as long as the process whose number is in its name.
PROBES = Path(".dvc/tmp/restage/workers")
CODE = Path(__file__).parents[3]


class FittingWorkers:
    """Raises UserError if there is none."""

    def __init__(self, client: Any, address: str, probe: IO[bytes]) -> None:
        self._client = client
        self._address = address
        self._probe = probe
        stages = [file.stem for file in REQUIREMENTS_FOLDER.glob("*.txt")]
        self.place = Place(str(Path.cwd()), str(CODE), probe.name, requirements_of(stages))
        self.code_digest = code_digest(CODE / "stages")
        self._refused: dict[str, list[str]] = {}
        if not client.nthreads():
            raise UserError(f"{NAME}: the scheduler {address} has no workers; start `dask worker {address}`")
        self.refuse(self._examine())

    def close(self) -> None:
        self._client.close()
        self._probe.close()

    def _examine(self) -> dict[str, list[str]]:
        """Functions are sent only to workers of the same Python: their byte code differs between versions."""
        needed, found = self.place.requirements.python, {}
        for address, about in self._client.get_versions()["workers"].items():
            python = ".".join(str(about["host"]["python"]).split(".")[:2])
            if python != needed:
                found[address] = [f"Python is {python}, needed is {needed}"]
        if same := [address for address in self._client.nthreads() if address not in found]:
            place = self.place
            # Of a lambda, everything is sent by value, so that the process of Dask needs no code of ours.
            found |= self._client.run(lambda: problems(place), workers=same, on_error="ignore")
        return {address: reasons for address, reasons in found.items() if reasons}

    def refuse(self, reasons: Mapping[str, list[str]]) -> None:
        """Print which workers are not used."""
        workers = self._client.scheduler_info()["workers"]
        lines = [
            f"worker {_name(address, workers)} is not used: {format_examples(found)}"
            for address, found in sorted(reasons.items())
        ]
        self._refused |= reasons
        if not self.fitting:
            raise UserError(
                *lines,
                f"{NAME}: no worker of {self._address} fits; start some in the locked environment (`make setup`)",
            )
        for line in lines:
            print(f"restage: {line}", file=sys.stderr, flush=True)

    @property
    def fitting(self) -> list[str]:
        return sorted(address for address in self._client.nthreads() if address not in self._refused)

    @property
    def threads(self) -> int:
        threads = self._client.nthreads()
        return sum(threads[address] for address in self.fitting if address in threads)

    def resources(self, threads: int) -> dict[str, float]:
        """Threads are counted only where workers declare them; else a call takes one of Dask's."""
        workers = self._client.scheduler_info()["workers"]
        declared = [workers[address]["resources"].get(THREADS, 0) for address in self.fitting if address in workers]
        if not any(declared):
            return {}
        if max(declared) < threads:
            raise UserError(
                f"{NAME}: a fold needs threads: {threads}, as train.threads says, and the most that a worker has is "
                f"{max(declared):g}; start one with `dask worker --resources threads={threads}`"
            )
        return {THREADS: float(threads)}

    def submit(self, function: bytes, threads: int, process: str) -> Callable[[], Any]:
        """What sends the function, and returns the future of its answer. See `run_call`."""
        parts = [self.place.clone, self.code_digest, str(threads), process]
        key, place = hashlib.sha256("\n".join(parts).encode()).hexdigest(), self.place
        resources = self.resources(threads) or None
        return lambda: self._client.submit(
            lambda: run_call(key, place, function),
            # A function that writes must run again when it is called again.
            pure=False,
            resources=resources,
            # Those that join later are used if all of these are gone.
            workers=self.fitting if self._refused else None,
            allow_other_workers=bool(self._refused),
        )


def _name(address: str, workers: Mapping[str, Any]) -> str:
    name = workers.get(address, {}).get("name", address)
    return address if name == address else f"{name} ({address})"


def code_digest(folder: Path) -> str:
    """Of the files as they are: a process of a worker that has loaded others is not used again."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        status = file.stat()
        digest.update(f"{file}\n{status.st_size}\n{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


@cache
def connected_workers(address: str) -> FittingWorkers:
    """One connection for all calls of this process."""
    client = _client(address)
    with explain_write_errors(PROBES):
        PROBES.mkdir(parents=True, exist_ok=True)
        probe = tempfile.NamedTemporaryFile(dir=PROBES.absolute(), prefix=f"{os.getpid()}-")  # noqa: SIM115
    return FittingWorkers(client, address, probe)


def _client(address: str) -> Any:
    try:
        import cloudpickle
        from distributed import Client
    except ModuleNotFoundError:
        raise UserError(
            f"{NAME}: Dask is not installed; run `pip install 'restage[dask]'`, or remove the setting"
        ) from None
    cloudpickle.register_pickle_by_value(dask_workers)
    silence_dask()
    try:
        return Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UserError(
            f"{NAME}: no scheduler of Dask answers at {address!r} ({error}); start `dask scheduler`, "
            "or remove the setting"
        ) from None
