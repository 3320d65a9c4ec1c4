"""A change of a file is seen by its metadata."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from stages.core.files.file_states import file_states


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    (folder / "deep" / "__pycache__").mkdir(parents=True)
    (folder / "a.py").write_text("1")
    (folder / "deep" / "b.html").write_text("2")
    (folder / "deep" / "__pycache__" / "b.pyc").write_text("3")
    return folder


def test_all_files_but_byte_code(folder: Path) -> None:
    assert {Path(file).relative_to(folder).as_posix() for file in file_states(folder)} == {"a.py", "deep/b.html"}
    assert list(file_states(folder / "a.py")) == [str(folder / "a.py")]
    assert file_states(folder / "absent") == {}


def rewrite_with_the_old_time(folder: Path) -> None:
    file = folder / "a.py"
    times = file.stat().st_atime_ns, file.stat().st_mtime_ns
    file.write_text("9")
    os.utime(file, ns=times)


def replace_with_the_old_time(folder: Path) -> None:
    file, other = folder / "a.py", folder.parent / "other"
    other.write_text("9")
    os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    other.replace(file)


@pytest.mark.parametrize(
    "edit",
    [
        lambda folder: (folder / "a.py").write_text("12"),
        lambda folder: (folder / "deep" / "b.html").unlink(),
        lambda folder: (folder / "deep" / "c.py").touch(),
        lambda folder: (folder / "deep").rename(folder / "other"),
        rewrite_with_the_old_time,
        replace_with_the_old_time,
    ],
)
def test_every_edit_changes_the_states(edit: Callable[[Path], object], folder: Path) -> None:
    before = file_states(folder)
    assert file_states(folder) == before
    edit(folder)
    assert file_states(folder) != before


def test_new_byte_code_is_no_change(folder: Path) -> None:
    before = file_states(folder)
    (folder / "deep" / "__pycache__" / "b.pyc").write_text("4")
    assert file_states(folder) == before
