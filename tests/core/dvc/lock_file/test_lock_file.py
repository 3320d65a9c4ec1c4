import os
import shutil
from pathlib import Path

import pytest
from dvc.utils.serialize import dump_yaml

from stages.core.dvc.lock_file.lock_file import (
    BACKUP,
    LOCK,
    back_up_lock_file,
    read_lock_file,
    read_lock_records,
    update_lock_file,
)
from stages.core.errors import UserError

ROOT = Path(__file__).parents[4]
CONFLICT = "<<<<<<< HEAD\n  a: 1\n||||||| base\n=======\n  a: 2\n>>>>>>> feature\n"


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_a_lock_file_nothing_is_recorded(tmp_path: Path) -> None:
    assert read_lock_file() == read_lock_file(tmp_path / "elsewhere") == {}


def test_records_that_are_parsed_one_by_one() -> None:
    assert dict(read_lock_records()) == {}
    shutil.copy(ROOT / LOCK, LOCK)
    assert dict(read_lock_records()) == read_lock_file()


def test_only_a_damaged_record_is_refused() -> None:
    LOCK.write_text("schema: '2.0'\nstages:\n  a:\n    cmd: one\n  b:\n    cmd: [\n")
    records = read_lock_records()
    assert records["a"] == {"cmd": "one"}
    with pytest.raises(UserError, match=r"dvc\.lock.*`restage run` restores it"):
        records["b"]


@pytest.mark.parametrize("content", ["", "stages: [", "schema: '2.0'\n"])
def test_an_incomplete_lock_file(content: str) -> None:
    LOCK.write_text(content)
    with pytest.raises(UserError, match=r"dvc\.lock.*`restage run` restores it"):
        read_lock_file()


def test_the_conflicts_of_a_merge() -> None:
    LOCK.write_text(f"schema: '2.0'\nstages:\n{CONFLICT}")
    with pytest.raises(UserError, match=r"dvc\.lock.*\(HEAD and feature\).*`restage merge`"):
        read_lock_file()


def test_an_entry_is_replaced_where_it_is_and_a_new_one_is_appended() -> None:
    update_lock_file({"a": "  a:\n    cmd: 1\n", "b": "  b:\n    cmd: 1\n"})
    update_lock_file({"c": "  c:\n    cmd: 1\n", "a": "  a:\n    cmd: 2\n"})
    assert LOCK.read_text() == "schema: '2.0'\nstages:\n  a:\n    cmd: 2\n  b:\n    cmd: 1\n  c:\n    cmd: 1\n"


def test_the_copy_follows_the_lock_file() -> None:
    back_up_lock_file()
    assert not BACKUP.exists()
    for content in ("a", "b"):
        LOCK.write_text(content)
        back_up_lock_file()
        assert BACKUP.read_text() == content
    written = BACKUP.stat()
    back_up_lock_file()
    assert BACKUP.stat() == written, "an equal copy is not written again"


def test_stages_of_several_chains_copy_it_at_the_same_time() -> None:
    children = []
    for number in range(4):
        if (child := os.fork()) == 0:
            code = 1
            try:
                for content in range(100):
                    LOCK.write_text(f"{number} {content}\n")
                    back_up_lock_file()
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0, 0]
    assert [file.name for file in BACKUP.parent.iterdir()] == [BACKUP.name]


@pytest.mark.parametrize(
    "value", ["yes", "no", "on", "12:30", "1e-05", "1_000", "0o17", "true", "~", "1.5", 7, 1e-05, True, None]
)
def test_values_are_read_as_dvc_writes_them(value: object) -> None:
    """DVC writes YAML 1.2, where `yes` is a text and `1e-05` is a number."""
    dump_yaml(str(LOCK), {"schema": "2.0", "stages": {"validate@a": {"params": {"p": {"value_set": [value]}}}}})
    assert read_lock_file()["validate@a"]["params"]["p"]["value_set"] == [value]
