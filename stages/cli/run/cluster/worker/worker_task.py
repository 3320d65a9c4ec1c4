"""The task of a Dask worker: runs a chain in a copy of the repository that belongs to this worker alone.

Its functions are sent to the workers by value, so that a worker needs the locked packages and no clone. That is why it
imports the standard library, and what Dask itself needs, and nothing else.
"""

import fcntl
import io
import json
import os
import platform
import queue
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any

# Where copies and cache are; without it, in the worker's own folder, which Dask removes when the worker ends.
FOLDER_VARIABLE = "RESTAGE_WORKER_FOLDER"
MEMORY_VARIABLE = "RESTAGE_MEMORY"
# A folder that several workers share: a training that began on one of them continues on another.
CHECKPOINTS_VARIABLE = "RESTAGE_CHECKPOINTS"
MODULE = "stages.cli.run.cluster.worker.run_in_copy"
LOGS, CHECKPOINTS = ".dvc/tmp/restage/output", ".dvc/tmp/restage/training"
# Set in a process that DVC started; a chain here is not a part of such a run.
REMOVED_VARIABLES = ("DVC_STAGE", "DVC_ROOT", "DVC_EXP_", "RESTAGE_PRELOADED")
POLL_SECONDS, KILL_SECONDS = 0.25, 20.0
MAX_LOG_BYTES = 1 << 20


@dataclass(frozen=True)
class Requirements:
    """What decides the bits of a result: processor, system, Python and the locked packages."""

    python: str
    machine: str
    system: str
    processor_flags: tuple[str, ...]
    packages: tuple[str, ...]  # lines such as `numpy==2.4.6`, some with a marker


@dataclass(frozen=True)
class ChainTask:
    """What a worker needs to run a chain. Data and models are not in it: they come from remote or cache."""

    name: str
    stages: tuple[str, ...]
    repository: str  # the name of its folder
    archive: bytes  # code, as a tar file
    files: dict[str, str]  # generated files of this chain, by path
    configuration: str  # of DVC, besides that of the archive
    remote: bool
    cache: str | None  # the cache that caller and workers share
    checkpoints: str | None
    data: tuple[str, ...]  # own files and folders that DVC tracks
    outside: tuple[str, ...]  # own files and folders outside of the repository
    memory: int | None
    topic: str
    attempt: str
    requirements: Requirements


@dataclass
class TaskResult:
    """`refused` says why this worker cannot run the chain; without it, `exit_code` is that of the chain's process."""

    worker: str
    exit_code: int = 1
    refused: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)


def differences(requirements: Requirements) -> list[str]:
    """What of this worker is not as required, each as a short phrase."""
    found = []
    python = "{}.{}".format(*sys.version_info)
    for what, here, needed in (
        ("Python", python, requirements.python),
        ("the system", platform.system(), requirements.system),
        ("the processor", platform.machine(), requirements.machine),
    ):
        if here != needed:
            found.append(f"{what} is {here}, needed is {needed}")
    with suppress(FileNotFoundError):
        flags = re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(errors="replace"), re.MULTILINE)
        missing = [flag for flag in requirements.processor_flags if flags and flag not in flags[1].split()]
        found += [f"the processor lacks {', '.join(missing).upper()}"] if missing else []
    return found + _package_differences(requirements.packages)


def _package_differences(packages: Sequence[str]) -> list[str]:
    from packaging.markers import Marker

    found = []
    for line in packages:
        requirement, _, marker = line.partition(" ; ")
        package, _, locked = requirement.partition("==")
        if marker and not Marker(marker).evaluate():
            continue
        try:
            installed = version(package)
        except PackageNotFoundError:
            installed = "missing"
        if installed != locked:
            found.append(f"{package} is {installed}, needed is {locked}")
    return found


def run_chain_task(task: ChainTask) -> dict[str, Any]:
    """The fields of a TaskResult: an object of a class that was sent by value is not one of the caller's."""
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()

    def is_cancelled() -> bool:
        """Also if the caller has ended, or the scheduler is gone."""
        known = worker.state.tasks.get(key)
        return known is None or known.state != "executing" or str(worker.status) != "Status.running"

    def send(message: dict[str, Any]) -> None:
        worker.log_event(task.topic, {"chain": task.name, "attempt": task.attempt} | message)

    refused = differences(task.requirements) + _missing_files(task)
    if refused:
        return asdict(TaskResult(worker.address, refused=refused))
    send({"began": True})
    folder = Path(os.environ.get(FOLDER_VARIABLE) or Path(worker.local_directory, "restage"), task.repository)
    try:
        with free_copy(folder) as copy:
            prepare_copy(copy, folder / "cache", task)
            chain = ChainProcess(copy, task, send)
            exit_code = chain.run(is_cancelled)
            return asdict(TaskResult(worker.address, exit_code, finished=chain.finished))
    finally:
        send({"ended": True})


def _missing_files(task: ChainTask) -> list[str]:
    shared = [task.cache] if task.cache else []
    return [f"{path} is missing" for path in (*shared, *task.outside) if not Path(path).exists()]


@contextmanager
def free_copy(folder: Path) -> Iterator[Path]:
    """The first copy that no other chain uses; several workers may share the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    while True:
        with (folder / f"copy-{number}.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                number += 1
                continue
            copy = folder / f"copy-{number}"
            copy.mkdir(exist_ok=True)
            yield copy
            return


def prepare_copy(copy: Path, own_cache: Path, task: ChainTask) -> None:
    """Give the copy the caller's code and records.

    What did not change keeps its time, so that DVC does not hash it again.
    """
    unpack(task.archive, copy, copy.with_suffix(".json"))
    for name, text in task.files.items():
        write_if_changed(copy / name, text.encode(), executable=False)
    configuration = f"{task.configuration}[cache]\n    dir = {task.cache or own_cache}\n"
    write_if_changed(copy / ".dvc/config.local", configuration.encode(), executable=False)
    shutil.rmtree(copy / LOGS, ignore_errors=True)
    checkpoints = task.checkpoints or os.environ.get(CHECKPOINTS_VARIABLE)
    link = copy / CHECKPOINTS
    if link.is_symlink():
        link.unlink()
    if checkpoints:
        shutil.rmtree(link, ignore_errors=True)
        link.parent.mkdir(parents=True, exist_ok=True)
        Path(checkpoints).mkdir(parents=True, exist_ok=True)
        link.symlink_to(checkpoints, target_is_directory=True)


def unpack(archive: bytes, folder: Path, listing: Path) -> None:
    """Write the files of the archive, and remove those of the archive before it, which `listing` names."""
    before = json.loads(listing.read_text()) if listing.is_file() else []
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        members = {member.name: member for member in tar.getmembers() if member.isfile()}
        listing.write_text(json.dumps(sorted({*members, *before})))
        for name in set(before) - members.keys():
            (folder / name).unlink(missing_ok=True)
        for name, member in members.items():
            tarfile.data_filter(member, str(folder))  # refuses a path outside of the folder
            content = tar.extractfile(member)
            if content is not None:
                write_if_changed(folder / name, content.read(), executable=bool(member.mode & 0o100))
    listing.write_text(json.dumps(sorted(members)))


def write_if_changed(path: Path, content: bytes, executable: bool) -> None:
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(content)
    mode = path.stat().st_mode & 0o777
    wanted = mode | 0o111 if executable else mode & ~0o111
    if mode != wanted:
        path.chmod(wanted)


class ChainProcess:
    """Runs the chain in a process that leads a group of its own, and sends its events and output.

    The process ends too when this one ends, which closes its standard input.
    """

    def __init__(self, copy: Path, task: ChainTask, send: Callable[[dict[str, Any]], None]) -> None:
        self._copy = copy
        self._task = task
        self._send = send
        self._log = LogReader(copy)
        self._lines = queue.SimpleQueue[bytes | None]()
        self._stage: str | None = None
        self._kill_at: float | None = None
        self.finished: list[str] = []

    def run(self, is_cancelled: Callable[[], bool]) -> int:
        """The exit code."""
        errors_file = self._copy.with_suffix(".log")
        with errors_file.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", MODULE], cwd=self._copy, env=chain_environment(self._task.memory),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, start_new_session=True,
            )  # fmt: skip
        try:
            self._start(process)
            while self._forward():
                if is_cancelled():
                    self._stop(process)
            exit_code = process.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if exit_code and self._stage is None:
            first = self._task.stages[0]
            self._send({"event": ["StageStarted", self._task.name, first]})
            text = errors_file.read_bytes()[-MAX_LOG_BYTES:]
            self._send({"event": ["StageFailed", self._task.name, first, text.decode(errors="replace")]})
        return exit_code

    def _start(self, process: "subprocess.Popen[bytes]") -> None:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the process has no pipes")
        threading.Thread(target=self._read_lines, args=(process.stdout,), daemon=True).start()
        names = ("name", "stages", "remote", "data")
        request = {name: getattr(self._task, name) for name in names}
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()

    def _read_lines(self, stream: IO[bytes]) -> None:
        for line in stream:
            self._lines.put(line)
        self._lines.put(None)

    def _forward(self) -> bool:
        """Send the next event, and what the stage has printed until then; false if the process has ended."""
        try:
            line = self._lines.get(timeout=POLL_SECONDS)
        except queue.Empty:
            line = b""
        if self._stage is not None:
            for offset, text in self._log.read(self._stage):
                self._send({"log": self._stage, "offset": offset, "text": text})
        if line:
            name, *fields = json.loads(line)
            self._stage = fields[1]
            if name == "StageFinished":
                self.finished.append(fields[1])
            self._send({"event": [name, *fields]})
        return line is not None

    def _stop(self, process: "subprocess.Popen[bytes]") -> None:
        """The running stage ends, and no other starts; what does not end is killed."""
        if self._kill_at is None:
            process.terminate()
            self._kill_at = time.monotonic() + KILL_SECONDS
        elif time.monotonic() > self._kill_at:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def chain_environment(memory: int | None) -> dict[str, str]:
    """`python3` in the commands of the stages is the interpreter of the worker."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(REMOVED_VARIABLES)}
    folder = str(Path(sys.executable).parent)
    limit = {} if memory is None else {MEMORY_VARIABLE: str(memory)}
    return inherited | limit | {"PATH": os.pathsep.join([folder, inherited.get("PATH", os.defpath)])}


class LogReader:
    """Reads what was added to the output of a stage since the last time."""

    def __init__(self, copy: Path) -> None:
        self._folder = copy / LOGS
        self._offsets: dict[str, int] = {}

    def read(self, stage: str) -> Iterator[tuple[int, bytes]]:
        file = self._folder / f"{stage}.txt"
        if not file.is_file():
            return
        with file.open("rb") as content:
            content.seek(self._offsets.get(stage, 0))
            while text := content.read(MAX_LOG_BYTES):
                yield self._offsets.get(stage, 0), text
                self._offsets[stage] = content.tell()
