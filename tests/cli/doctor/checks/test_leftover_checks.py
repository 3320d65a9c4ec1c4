"""Locks, incomplete files and temporary folders of processes that were killed."""

import fcntl
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from dvc.lock import make_lock

from stages.cli.doctor.checks.leftover_checks import (
    dvc_is_running,
    dvc_locks,
    incomplete_files,
    is_running,
    killed_stages,
    quarantined_files,
    temporary_folders,
)
from stages.cli.doctor.finding import Level
from stages.core.dvc.storage.quarantine import QUARANTINE
from stages.core.run_stage.output_lock import LOCK_FOLDER, lock_outputs
from tests.cli.doctor.conftest import write

OUTPUT = Path("data/raw/iris")


@contextmanager
def locked(file: Path) -> Iterator[None]:
    with file.open("a") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_processes_are_told_from_ended_ones() -> None:
    assert is_running(os.getpid())
    assert is_running(1)
    assert not is_running(ended_process())


def test_a_running_dvc_is_found_by_its_lock(folder: Path) -> None:
    assert not dvc_is_running()
    Path(".dvc/tmp").mkdir(parents=True)
    with make_lock(".dvc/tmp/lock"):
        assert dvc_is_running()
        assert dvc_locks().level is Level.WARNING
    assert not dvc_is_running()
    assert dvc_locks().level is Level.OK


def test_a_hard_link_lock_that_is_left_is_a_problem(folder: Path) -> None:
    Path(".dvc/tmp").mkdir(parents=True)
    make_lock(".dvc/tmp/lock", tmp_dir=".dvc/tmp", hardlink_lock=True).lock()
    assert dvc_is_running()
    assert dvc_locks() == (
        Level.PROBLEM,
        "locked: .dvc/tmp/lock (core.hardlink_lock)",
        "if no DVC is running, `rm .dvc/tmp/lock`",
    )


def test_a_stage_that_was_killed_is_named_and_one_that_runs_is_not(folder: Path) -> None:
    with lock_outputs("download@iris", [OUTPUT]):
        assert killed_stages().level is Level.OK
    assert killed_stages().level is Level.OK
    write(f"{LOCK_FOLDER}/download@iris", json.dumps({"pid": 1, "outputs": [str(OUTPUT)]}))
    finding = killed_stages()
    assert finding.level is Level.WARNING
    assert "download@iris" in finding.found


def test_incomplete_files_are_named_unless_their_stage_runs(folder: Path) -> None:
    assert incomplete_files().level is Level.OK
    write(f"{OUTPUT}.incomplete/part.npy")
    with lock_outputs("download@iris", [OUTPUT]):
        assert incomplete_files().level is Level.OK
    assert incomplete_files() == (
        Level.WARNING, f"incomplete: {OUTPUT}.incomplete", f"`rm -r {OUTPUT}.incomplete`"
    )  # fmt: skip


@pytest.mark.parametrize(
    "name", ["dvc.lock.incomplete", ".dvc/cache/files/md5/ab/c.x1_y.tmp", "conf/a.yaml.incomplete"]
)
def test_incomplete_files_of_commands_and_of_dvc_are_named(name: str, folder: Path) -> None:
    write(name)
    assert name in incomplete_files().found


def test_incomplete_objects_of_a_running_dvc_are_not_named(folder: Path) -> None:
    write(".dvc/cache/files/md5/ab/c.x1_y.tmp")
    with locked(write(".dvc/tmp/lock")):
        assert incomplete_files().level is Level.OK


def test_old_temporary_folders_are_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    Path("restage-verify-abc").mkdir()
    Path("another").mkdir()
    assert temporary_folders().level is Level.OK
    finding = temporary_folders(now=time.time() + 2 * 86400)
    assert finding == (
        Level.WARNING,
        f"older than a day: {folder}/restage-verify-abc",
        f"`rm -r {folder}/restage-verify-abc`",
    )


def test_quarantined_files_are_named(folder: Path) -> None:
    assert quarantined_files().level is Level.OK
    write(f"{QUARANTINE}/data-raw-iris", "damaged")
    finding = quarantined_files()
    assert finding.level is Level.WARNING
    assert "data-raw-iris" in finding.found
