"""What a worker does before it starts the process of a chain."""

import json
import os
import platform
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from stages.cli.run.cluster.connection.code_archive import pack
from stages.cli.run.cluster.worker.chain_server import LogReader
from stages.cli.run.cluster.worker.working_copy import lock_copy, unpack
from stages.core.dask_workers.worker_requirements import Requirements, differences

HERE = Requirements(
    python="{}.{}".format(*sys.version_info),
    machine=platform.machine(),
    system=platform.system(),
    processor_flags=(),
    packages=(f"numpy=={version('numpy')}", "colorama==1.0 ; sys_platform == 'win32'"),
)


def test_an_equal_environment_has_no_differences() -> None:
    assert differences(HERE) == []


def test_all_differences_are_named() -> None:
    other = replace(HERE, python="3.99", packages=("numpy==1.0", "no-such-package==2.0"), processor_flags=("avx99",))
    assert differences(other) == [
        f"Python is {HERE.python}, needed is 3.99",
        "the processor lacks AVX99",
        f"numpy is {version('numpy')}, needed is 1.0",
        "no-such-package is missing, needed is 2.0",
    ]


def test_a_new_archive_replaces_the_files_of_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("code/a.py", "code/b.py", "run.sh"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(name)
    Path("run.sh").chmod(0o755)
    first = pack([Path("code/a.py"), Path("code/b.py"), Path("run.sh")])
    copy, listing = tmp_path / "copy", tmp_path / "copy.json"
    unpack(first, copy, listing)
    assert os.access(copy / "run.sh", os.X_OK)
    (copy / "data").mkdir()
    (copy / "data/result").touch()
    before = (copy / "code/a.py").stat().st_mtime_ns
    Path("code/c.py").touch()
    unpack(pack([Path("code/a.py"), Path("code/c.py")]), copy, listing)
    assert sorted(str(f.relative_to(copy)) for f in copy.rglob("*") if f.is_file()) == [
        "code/a.py",
        "code/c.py",
        "data/result",
    ]
    assert (copy / "code/a.py").stat().st_mtime_ns == before
    assert json.loads(listing.read_text()) == ["code/a.py", "code/c.py"]


def test_two_chains_at_once_have_two_copies_and_the_next_uses_one_of_them(tmp_path: Path) -> None:
    first, lock = lock_copy(tmp_path)
    second, other_lock = lock_copy(tmp_path)
    assert (first.name, second.name) == ("copy-0", "copy-1")
    lock.close()
    third, again = lock_copy(tmp_path)
    assert third == first
    other_lock.close()
    again.close()


def test_the_output_of_a_stage_is_read_as_it_grows(tmp_path: Path) -> None:
    log = LogReader(tmp_path)
    assert list(log.read("train@iris")) == []
    file = tmp_path / ".dvc/tmp/restage/output/train@iris.txt"
    file.parent.mkdir(parents=True)
    file.write_text("one ")
    assert list(log.read("train@iris")) == [(0, b"one ")]
    file.write_text("one two")
    assert list(log.read("train@iris")) == [(4, b"two")]
