"""Moments in a write of DVC's or ours, found by inotify.

All processes of the run share one CPU with this one, which has a real-time priority where that is allowed: it runs as
soon as the kernel reports an event, and the writer goes on only after it. Then all are stopped, and the state of the
files is verified before the kill.
"""

import ctypes
import fcntl
import json
import os
import select
import sqlite3
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from tests.stories.kills.processes import CHAIN, RUNNER, STAGE, Runner, continue_all, stop_all

MODIFY, CLOSE_WRITE, MOVED_FROM, MOVED_TO, CREATE, DELETE = 0x2, 0x8, 0x40, 0x80, 0x100, 0x200
EVENTS = MODIFY | CLOSE_WRITE | MOVED_FROM | MOVED_TO | CREATE | DELETE
HEADER = struct.Struct("iIII")
REPRO, RUN = "dvc repro", "restage run"
TIMEOUT = 240.0
HEXADECIMAL = [f"{n:02x}" for n in range(256)]


@dataclass(frozen=True)
class Place:
    """Of an event: the repository, DVC's site cache, the file, and the size that dvc.lock had before."""

    repo: Path
    site: Path
    file: Path
    lock_size: int


def is_shorter(place: Place) -> bool:
    return place.file.stat().st_size < 0.9 * place.lock_size


def is_no_json(place: Place) -> bool:
    try:
        json.loads(place.file.read_bytes())
    except ValueError:
        return True
    return False


def exists(place: Place) -> bool:
    return os.path.lexists(place.file)


def is_held(place: Place) -> bool:
    with place.file.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def is_partly_written(place: Place) -> bool:
    return is_held(place) and is_no_json(place)


def in_transaction(place: Place) -> bool:
    database = place.file.with_name("cache.db")
    with suppress(sqlite3.OperationalError):
        connection = sqlite3.connect(database, timeout=0)
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        finally:
            connection.close()
    return False


def is_partly_published(place: Place) -> bool:
    """The first output of validate or train is in place, and another is not."""
    others = (f"profiles/{place.file.name}.json", f"history/{place.file.name}.csv")
    return os.path.lexists(place.file) and any(
        os.path.lexists(place.repo / "reports" / f"{other}.incomplete") for other in others
    )


@dataclass(frozen=True)
class Aim:
    """`files` match the path from the repository, or from DVC's site cache; `writers` are of each command."""

    files: tuple[str, ...]
    verify: Callable[[Place], bool]
    writers: dict[str, str]
    scenarios: tuple[str, ...]
    folders: tuple[str, ...]
    in_site: bool = False
    most_skipped: int = 2


BY_DVC = {REPRO: RUNNER, RUN: CHAIN}
BY_STAGE = {REPRO: STAGE, RUN: STAGE}
ANY = ("report", "report", "train")
OUTPUTS = ("data/raw", "data/processed", "data/models", "data/predictions", "data/valid")
RESTAGE = ".dvc/tmp/restage"
AIMS = {
    "dvc.lock truncated by DVC": Aim(("dvc.lock",), is_shorter, {REPRO: RUNNER}, ("report", "train"), ("",)),
    "rwlock truncated": Aim((".dvc/tmp/rwlock",), is_no_json, BY_DVC, ANY, (".dvc/tmp",), most_skipped=3),
    "repository lock held": Aim((".dvc/tmp/lock",), is_held, BY_DVC, ANY, (".dvc/tmp",), most_skipped=3),
    "state database": Aim(
        ("*/cache.db*",), in_transaction, BY_DVC, ANY, ("*/links", "*/hashes/local"), in_site=True, most_skipped=3
    ),
    "cache object": Aim(
        (".dvc/cache/files/md5/*/*.tmp",), exists, BY_DVC, ANY,
        tuple(f".dvc/cache/files/md5/{n}" for n in HEXADECIMAL), most_skipped=3,
    ),
    "run cache entry": Aim(
        (".dvc/cache/runs/*/*/*.tmp",), exists, BY_DVC, ANY, tuple(f".dvc/cache/runs/{n}" for n in HEXADECIMAL)
    ),
    "checkout": Aim(
        ("reports/*.tmp", "data/*.tmp"), exists, BY_DVC, ("restore",),
        ("reports/evaluation", "reports/validation", "reports/pages", "reports/profiles", "reports/metrics",
         "reports", "reports/history", "data/raw", "data/processed", "data/models"),
    ),
    "dvc.lock.incomplete": Aim(("dvc.lock.incomplete",), exists, {RUN: CHAIN}, ANY, ("",), most_skipped=3),
    "output.incomplete": Aim(("data/*.incomplete*", "reports/*.incomplete"), exists, BY_STAGE, ANY,
                             (*OUTPUTS, "reports/pages", "reports/evaluation", "reports/history"), most_skipped=3),
    "rename of an output of train": Aim(("data/models/line*",), is_partly_published, BY_STAGE, ("train",),
                                        ("data/models",), most_skipped=1),
    "rename of an output of validate": Aim(("data/valid/line*",), is_partly_published, BY_STAGE, ("source",),
                                           ("data/valid",), most_skipped=1),
    "params.yaml.incomplete": Aim(("params.yaml.incomplete",), exists, {RUN: RUNNER}, ANY, ("",), most_skipped=1),
    "copy of dvc.lock": Aim((f"{RESTAGE}/dvc.lock.incomplete",), exists, BY_STAGE, ANY, (RESTAGE,), most_skipped=2),
    "notes of restage run": Aim((f"{RESTAGE}/*.txt.incomplete", f"{RESTAGE}/*.json.incomplete"), exists,
                                {RUN: RUNNER}, ANY, (RESTAGE,), most_skipped=2),
    "lock of outputs": Aim((f"{RESTAGE}/making/*",), is_partly_written, BY_STAGE, ANY, (f"{RESTAGE}/making",),
                           most_skipped=3),
}  # fmt: skip
# In a repository with a real training.
CHECKPOINT_AIMS = {
    "checkpoint": Aim(
        (".dvc/tmp/restage/training/line/*/*.incomplete",),
        exists,
        BY_STAGE,
        ("train",),
        (".dvc/tmp/restage/training/line",),
    )
}


@dataclass
class Watch:
    """Reports the files of a run that change. A folder that appears in a watched one is watched too."""

    repo: Path
    site: Path
    descriptor: int = -1
    folders: dict[int, Path] = field(default_factory=dict)
    _libc: ctypes.CDLL = field(default_factory=lambda: ctypes.CDLL(None, use_errno=True))

    def open(self, aim: Aim) -> None:
        self.descriptor = self._libc.inotify_init1(os.O_NONBLOCK)
        for folder in aim.folders:
            found = self.site.glob(f"**/{folder.removeprefix('*/')}") if aim.in_site else [self.repo / folder]
            for path in found:
                path.mkdir(parents=True, exist_ok=True)
                self.add(path)

    def add(self, folder: Path) -> None:
        number = self._libc.inotify_add_watch(self.descriptor, os.fsencode(folder), EVENTS)
        if number >= 0:
            self.folders[number] = folder

    def read(self, timeout: float) -> Iterator[Path]:
        if not select.select([self.descriptor], [], [], timeout)[0]:
            return
        data = os.read(self.descriptor, 65536)
        position = 0
        while position < len(data):
            number, mask, _, length = HEADER.unpack_from(data, position)
            position += HEADER.size
            name = os.fsdecode(data[position : position + length].rstrip(b"\0"))
            position += length
            if number not in self.folders:
                continue
            path = self.folders[number] / name
            if mask & (CREATE | MOVED_TO) and path.is_dir() and path.parent != self.repo:
                self.add(path)
                yield from (file for file in path.glob("*"))
            yield path


@contextmanager
def real_time_on_one_cpu(cpu: int) -> Iterator[None]:
    """Processes that are started in the block with `pinned_to` share the CPU, and run when this one waits."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {cpu})
    try:
        with suppress(PermissionError):
            os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(10))
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        os.sched_setaffinity(0, before)


def wait_for(aim: Aim, watch: Watch, runner: Runner, skip: int) -> Path | None:
    """Stop all processes in the aimed state, after `skip` others of it; None if the run ended before."""
    lock_size, count = size_of(watch.repo / "dvc.lock"), 0
    seen: set[Path] = set()
    for path in changed_files(aim, watch, runner):
        lock_size = max(lock_size, size_of(watch.repo / "dvc.lock"))
        place = Place(watch.repo, watch.site, path, lock_size)
        if not os.path.lexists(path):
            seen.discard(path)
        if path in seen or not verified(aim, place):
            continue
        stop_all(runner.process)
        if verified(aim, place):
            count += 1
            if count > skip:
                return path
            if path.suffix in (".tmp", ".incomplete"):  # a temporary file has many events
                seen.add(path)
        continue_all(runner.process)
    return None


def size_of(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def changed_files(aim: Aim, watch: Watch, runner: Runner) -> Iterator[Path]:
    until = time.monotonic() + TIMEOUT
    while runner.is_running and time.monotonic() < until:
        for path in watch.read(0.2):
            name = str(path.relative_to(watch.site if aim.in_site else watch.repo))
            if any(fnmatch(name, pattern) for pattern in aim.files):
                yield path


def verified(aim: Aim, place: Place) -> bool:
    try:
        return aim.verify(place)
    except OSError:
        return False
