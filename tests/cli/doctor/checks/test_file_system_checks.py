"""Room, permissions, times and names of files."""

import os
import time
from pathlib import Path

import pytest

from stages.cli.doctor.checks import file_system_checks
from stages.cli.doctor.checks.file_system_checks import (
    clock,
    disk_room,
    folder_size,
    inodes,
    letter_case,
    writable_folders,
)
from stages.cli.doctor.finding import Level
from tests.cli.doctor.conftest import commit, git, write

GIB = 1024**3


@pytest.fixture
def large_data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_system_checks, "folder_size", lambda _: GIB)


@pytest.mark.parametrize(("free", "level"), [(3 * GIB, Level.OK), (GIB, Level.WARNING), (1000, Level.PROBLEM)])
def test_free_room_is_compared_with_data_and_cache(free: int, level: Level, large_data: None) -> None:
    assert disk_room(free).level is level


def test_the_size_is_that_of_all_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("data/a", "12345")
    write("data/b/c", "123")
    assert folder_size(Path("data")) == 8
    assert folder_size(Path("missing")) == 0
    monkeypatch.setattr(file_system_checks, "MOST_FILES", 0)
    assert folder_size(Path("data")) == 0


def test_few_free_inodes_are_found(folder: Path) -> None:
    assert inodes(1_000_000).level is Level.OK
    assert inodes(10).level is Level.WARNING


def test_a_folder_that_cannot_be_written_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("data/raw", "reports/pages"):
        Path(name).mkdir(parents=True)
    assert writable_folders().level is Level.OK
    # The user that runs the tests may be root, who can write everywhere.
    monkeypatch.setattr(os, "access", lambda path, mode: str(path) != "data/raw")
    finding = writable_folders()
    assert finding.level is Level.PROBLEM
    assert "data/raw" in finding.found
    assert "reports" not in finding.found


def test_files_in_the_future_are_named(folder: Path) -> None:
    file = write("conf/dataset/iris.yaml")
    assert clock().level is Level.OK
    os.utime(file, (time.time() + 3600,) * 2)
    finding = clock()
    assert finding.level is Level.WARNING
    assert str(file) in finding.found


def test_a_clock_behind_the_last_commit_is_found(repository: Path) -> None:
    assert clock().level is Level.OK
    assert clock(now=time.time() - 86400).solution == "set the clock"


def test_names_that_differ_in_case_only_are_found(repository: Path) -> None:
    assert letter_case().level is Level.OK
    same = ["conf/Iris.yaml", "conf/iris.yaml"]
    assert letter_case(ignored=False, names=same).level is Level.WARNING
    assert letter_case(ignored=True, names=same).level is Level.PROBLEM
    assert letter_case(ignored=True, names=["conf/iris.yaml"]).level is Level.OK


def test_the_names_are_those_that_git_tracks(repository: Path) -> None:
    blob = "100644,e69de29bb2d1d6434b8b29ae775ad8c2e48c5391,conf/{}"
    git("hash-object", "-w", "-t", "blob", "/dev/null")
    for name in ("A", "a"):
        git("update-index", "--add", "--cacheinfo", blob.format(name))
    git("commit", "--quiet", "--message", "two names")
    assert "conf/A and conf/a" in letter_case().found
    commit()
