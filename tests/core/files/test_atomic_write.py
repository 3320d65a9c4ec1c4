import errno
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.core.files.atomic_write import (
    json_text,
    move_into_place,
    remove,
    write_beside,
    write_json,
    write_text,
)


@contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    with write_beside(target) as folder:
        folder.mkdir()
        yield folder
    move_into_place(target)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_appears_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "iris"
    with atomic_folder(target) as folder:
        (folder / "a").write_text("1")
        assert not target.exists()
    assert (target / "a").read_text() == "1"
    assert names(target.parent) == ["iris"]


def write_and_raise(target: Path, exception: BaseException) -> None:
    with atomic_folder(target) as folder:
        (folder / "half").write_text("h")
        raise exception


@pytest.mark.parametrize("exception", [ValueError(), KeyboardInterrupt()])
def test_an_exception_leaves_nothing(tmp_path: Path, exception: BaseException) -> None:
    with pytest.raises(type(exception)):
        write_and_raise(tmp_path / "iris", exception)
    assert names(tmp_path) == []


def test_the_old_folder_stays_until_the_new_one_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "iris"
    with atomic_folder(target) as folder:
        (folder / "old").write_text("1")
    with pytest.raises(KeyboardInterrupt):
        write_and_raise(target, KeyboardInterrupt())
    assert (target / "old").read_text() == "1"
    with atomic_folder(target) as folder:
        (folder / "new").write_text("2")
    assert names(target) == ["new"]


def test_files_of_a_killed_process_do_not_enter_the_folder(tmp_path: Path) -> None:
    (tmp_path / "iris.incomplete").mkdir()
    (tmp_path / "iris.incomplete" / "stale").write_text("x")
    with atomic_folder(tmp_path / "iris") as folder:
        (folder / "a").write_text("1")
    assert names(tmp_path / "iris") == ["a"]


def test_a_folder_replaces_a_file(tmp_path: Path) -> None:
    (tmp_path / "iris").write_text("a file")
    with atomic_folder(tmp_path / "iris"):
        pass
    assert (tmp_path / "iris").is_dir()


def test_removing_a_link_keeps_its_target(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "link").symlink_to("cache")
    remove(tmp_path / "link")
    remove(tmp_path / "link")
    assert names(tmp_path) == ["cache"]


def test_text_replaces_text_and_leaves_no_temporary_file(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "a.txt"
    write_text(target, "old and long\n")
    write_text(target, "new\n")
    assert target.read_bytes() == b"new\n"
    assert names(target.parent) == ["a.txt"]


def test_replacing_a_linked_file_does_not_change_the_cache(tmp_path: Path) -> None:
    """DVC may link an output into its cache; writing through the link would damage it."""
    cached = tmp_path / "cached"
    cached.write_text("old")
    (tmp_path / "hard").hardlink_to(cached)
    (tmp_path / "soft").symlink_to(cached)
    write_text(tmp_path / "hard", "new")
    write_text(tmp_path / "soft", "new")
    assert cached.read_text() == "old"


def test_json_is_the_same_text_for_the_same_content() -> None:
    assert json_text({"b": {"y": 1, "x": [0.1, 1e-07]}, "a": "ü"}) == (
        '{\n  "a": "ü",\n  "b": {\n    "x": [\n      0.1,\n      1e-07\n    ],\n    "y": 1\n  }\n}\n'
    )
    assert json_text({"b": 1, "a": 2}) == json_text({"a": 2, "b": 1})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_json_refuses_nan_and_infinity(tmp_path: Path, value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "a.json", {"a": value})
    assert names(tmp_path) == []


def test_json_floats_are_read_back_exactly(tmp_path: Path) -> None:
    values = {"a": 0.1 + 0.2, "b": 1 / 3, "c": 5e-324}
    write_json(tmp_path / "a.json", values)
    assert json.loads((tmp_path / "a.json").read_text()) == values


FULL = "No space left on device"
SHORT = "the disk is full, or a limit was reached"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, FULL), FULL),
        (OSError(errno.EROFS, "x"), "Read-only file system"),
        (OSError("1000 requested and 12 written"), SHORT),
        (OSError("Unable to write (file write failed: errno = 28, error message = 'No space left')"), FULL),
    ],
)
def test_a_full_disk_is_explained_and_leaves_nothing_incomplete(tmp_path: Path, error: OSError, reason: str) -> None:
    with atomic_folder(tmp_path / "iris") as folder:
        (folder / "old").write_text("o")
    with pytest.raises(UserError) as caught:
        write_and_raise(tmp_path / "iris", error)
    assert all(fact in str(caught.value) for fact in (f"{tmp_path}/iris", reason, "free some space"))
    assert names(tmp_path) == ["iris"]
    assert names(tmp_path / "iris") == ["old"]


@pytest.mark.parametrize("error", [OSError("a bug"), PermissionError(errno.EACCES, "x", "/elsewhere/to/read")])
def test_other_errors_pass_unchanged(tmp_path: Path, error: OSError) -> None:
    with pytest.raises(OSError, match=r"a bug|elsewhere"):
        write_and_raise(tmp_path / "iris", error)


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file")
    with pytest.raises(UserError, match=r"reports: cannot be written \(File exists\)"):
        write_text(tmp_path / "reports" / "a.json", "{}")
