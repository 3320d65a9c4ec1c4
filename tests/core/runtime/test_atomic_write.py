import errno
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.core.runtime.atomic_write import (
    atomic_folder,
    json_text,
    publish_now,
    remove,
    round_significant,
    transaction,
    write_json,
    write_text,
)


def test_a_folder_is_there_when_all_of_it_is(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "iris"
    with atomic_folder(target) as draft:
        (draft / "a").write_text("1")
        assert not target.exists()
    assert (target / "a").read_text() == "1"
    assert [p.name for p in target.parent.iterdir()] == ["iris"]


def interrupted(target: Path, interruption: type[BaseException]) -> None:
    with atomic_folder(target) as draft:
        (draft / "a").write_text("half")
        raise interruption


@pytest.mark.parametrize("interruption", [ValueError, KeyboardInterrupt])
def test_whatever_interrupts_it_leaves_nothing(tmp_path: Path, interruption: type[BaseException]) -> None:
    with pytest.raises(interruption):
        interrupted(tmp_path / "iris", interruption)
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "iris"
    with atomic_folder(target) as draft:
        (draft / "old").write_text("1")
    with pytest.raises(KeyboardInterrupt):
        interrupted(target, KeyboardInterrupt)
    assert (target / "old").read_text() == "1"
    with atomic_folder(target) as draft:
        (draft / "new").write_text("2")
    assert [p.name for p in target.iterdir()] == ["new"]


def test_what_a_killed_run_left_does_not_slip_in(tmp_path: Path) -> None:
    (tmp_path / "iris.incomplete").mkdir()
    (tmp_path / "iris.incomplete" / "stale").write_text("x")
    with atomic_folder(tmp_path / "iris") as draft:
        (draft / "a").write_text("1")
    assert [p.name for p in (tmp_path / "iris").iterdir()] == ["a"]


def test_a_folder_takes_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "iris").write_text("a file")
    with atomic_folder(tmp_path / "iris"):
        pass
    assert (tmp_path / "iris").is_dir()


def test_removing_a_link_leaves_what_it_points_to(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "link").symlink_to("cache")
    remove(tmp_path / "link")
    remove(tmp_path / "link")
    assert [p.name for p in tmp_path.iterdir()] == ["cache"]


def test_text_replaces_text_and_leaves_no_draft(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "a.txt"
    write_text(target, "old and long\n")
    write_text(target, "new\n")
    assert target.read_bytes() == b"new\n"
    assert [p.name for p in target.parent.iterdir()] == ["a.txt"]


def test_replacing_a_linked_file_leaves_the_cache_alone(tmp_path: Path) -> None:
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


@pytest.mark.parametrize("figure", [float("nan"), float("inf")])
def test_json_refuses_what_json_cannot_say(tmp_path: Path, figure: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "a.json", {"a": figure})
    assert list(tmp_path.iterdir()) == []


def test_json_floats_come_back_as_they_were(tmp_path: Path) -> None:
    figures = {"a": 0.1 + 0.2, "b": 1 / 3, "c": 5e-324}
    write_json(tmp_path / "a.json", figures)
    assert json.loads((tmp_path / "a.json").read_text()) == figures


def test_significant_digits() -> None:
    assert [round_significant(v) for v in (0.9666666, -1234567.0, 1e-9, 0.0)] == [0.966667, -1234570.0, 1e-9, 0.0]
    assert round_significant(3.14159, 3) == 3.14


def both(tmp_path: Path) -> None:
    with atomic_folder(tmp_path / "model") as draft:
        write_json(draft / "inside.json", {})
        assert (draft / "inside.json").exists()
    write_text(tmp_path / "history.csv", "h")


def bug() -> None:
    raise ZeroDivisionError


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_outputs_wait_for_each_other(tmp_path: Path) -> None:
    with transaction(lambda: None):
        both(tmp_path)
        assert names(tmp_path) == ["history.csv.incomplete", "model.incomplete"]
    assert names(tmp_path) == ["history.csv", "model"]
    assert names(tmp_path / "model") == ["inside.json"]


@pytest.mark.parametrize("fault", ["in the work", "in the seal"])
def test_no_output_without_the_others(tmp_path: Path, fault: str) -> None:
    write_text(tmp_path / "history.csv", "old")
    moved, work = (bug, both) if fault == "in the seal" else (lambda: None, lambda path: (both(path), bug()))
    with pytest.raises(ZeroDivisionError), transaction(moved):
        work(tmp_path)
    assert names(tmp_path) == ["history.csv"]
    assert (tmp_path / "history.csv").read_text() == "old"


def refused(tmp_path: Path) -> None:
    write_text(tmp_path / "record.json", "r")
    publish_now()
    write_text(tmp_path / "valid", "v")
    raise UserError("not valid")


def test_a_record_may_be_left_by_work_that_fails(tmp_path: Path) -> None:
    with pytest.raises(UserError), transaction(lambda: None):
        refused(tmp_path)
    assert names(tmp_path) == ["record.json"]


FULL = "No space left on device"
SHORT = "the disk is full, or a limit was reached"


def raising(error: OSError) -> Callable[[Path], None]:
    def work(draft: Path) -> None:
        (draft / "half").write_text("h")
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, FULL), FULL),
        (OSError(errno.EROFS, "x"), "Read-only file system"),
        (OSError("1000 requested and 12 written"), SHORT),
        (OSError("Unable to write (file write failed: errno = 28, error message = 'No space left')"), FULL),
    ],
)
def test_a_full_disk_is_told_and_leaves_nothing_half_done(tmp_path: Path, error: OSError, reason: str) -> None:
    with atomic_folder(tmp_path / "iris") as draft:
        (draft / "old").write_text("o")
    with pytest.raises(UserError) as caught, atomic_folder(tmp_path / "iris") as draft:
        raising(error)(draft)
    assert str(caught.value) == (
        f"{tmp_path}/iris: cannot be written ({reason}); make room or make it writable, and run it again; what was "
        "finished before is kept"
    )
    assert names(tmp_path) == ["iris"]
    assert names(tmp_path / "iris") == ["old"]


@pytest.mark.parametrize("error", [OSError("a bug"), PermissionError(errno.EACCES, "x", "/elsewhere/to/read")])
def test_what_is_not_the_place_s_fault_stays_what_it_is(tmp_path: Path, error: OSError) -> None:
    with pytest.raises(OSError, match=r"a bug|elsewhere"), atomic_folder(tmp_path / "iris") as draft:
        raising(error)(draft)


def test_a_file_where_a_folder_belongs_is_named(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file")
    with pytest.raises(UserError, match=r"reports: cannot be written \(File exists\)"):
        write_text(tmp_path / "reports" / "a.json", "{}")
