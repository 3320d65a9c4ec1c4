"""The task of Dask that calls a function in a process of its own. It is sent to the worker by value."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stages.core.dask_workers.dask_task import DaskTask
from stages.core.dask_workers.server_process import ServerProcess
from stages.core.dask_workers.worker_requirements import Requirements, differences

MODULE = "stages.core.dask_workers.call_server"
# TensorFlow keeps about a megabyte of each model that is compiled; a new process starts with none.
MAX_CALLS = 500


@dataclass(frozen=True)
class Place:
    """The clone, the folder of its code, and a file by which a worker knows that it sees the files of the clone."""

    clone: str
    code: str
    probe: str
    requirements: Requirements


class CallServer(ServerProcess):
    """A process that is prepared as that of a stage, with the code of the clone, and calls one function at a time."""

    def __init__(self, key: str, place: Place, errors: Path) -> None:
        super().__init__(key, Path(place.clone), ["-m", MODULE], errors, {"PYTHONPATH": place.code})
        self.calls = 0


def run_call(key: str, place: Place, content: bytes) -> dict[str, Any]:
    """The bytes of the answer; without them, why the worker is `refused` or how the process `ended`.

    Only calls with the same key may use the same process.
    """
    task = DaskTask()
    answer: dict[str, Any] = {"worker": task.worker.address, "refused": known_problems(task, place)}
    if answer["refused"]:
        return answer
    idle = task.idle_servers("calls")
    server = idle.take(key) or start_server(key, place, Path(task.worker.local_directory))
    line = server.run(b64encode(content).decode(), task.is_cancelled)
    if line is None:
        return answer | {"ended": server.end_reason()}
    server.calls += 1
    if server.calls < MAX_CALLS:
        idle.add(server)
    else:
        server.close()
    return answer | {"content": b64decode(line)}


def start_server(key: str, place: Place, folder: Path) -> CallServer:
    number = 0
    while True:
        try:
            (errors := folder / f"call-{number}.log").touch(exist_ok=False)
        except FileExistsError:
            number += 1
        else:
            return CallServer(key, place, errors)


def known_problems(task: DaskTask, place: Place) -> list[str]:
    """Versions are compared once; whether the file is there, each time."""
    known = vars(task.worker).setdefault("restage_differences", {})
    needed = repr(place.requirements)
    if needed not in known:
        known[needed] = differences(place.requirements)
    return [*known[needed], *blindness(place)]


def problems(place: Place) -> list[str]:
    """Why a worker cannot be used, each as a short phrase."""
    return [*differences(place.requirements), *blindness(place)]


def blindness(place: Place) -> list[str]:
    return [] if Path(place.probe).is_file() else [f"it does not see the files of {place.clone}"]
