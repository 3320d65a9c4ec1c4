"""Temporary folders of processes that end, that are killed, and that run."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from stages.cli.verify import temporary_folder as module
from stages.cli.verify.temporary_folder import OWNED, PREFIX, temporary_folder
from stages.core.errors import UserError

ROOT = Path(__file__).parents[3]
OWNER = """
import sys
import tempfile
from stages.cli.verify.temporary_folder import temporary_folder
with temporary_folder(keep=False) as (folder, lock):
    print(folder, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process with a folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER], env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    assert Path(process.stdout.readline().strip()).parent == tmp_path
    yield process
    process.kill()
    process.communicate()


def test_the_folder_is_removed_at_the_end(tmp_path: Path) -> None:
    with temporary_folder(keep=False) as (folder, _):
        (folder / "file").touch()
        assert folder.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_a_running_process_is_not_removed(owner: subprocess.Popen[str], tmp_path: Path) -> None:
    with temporary_folder(keep=False):
        assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_of_a_killed_process_is_removed(owner: subprocess.Popen[str], tmp_path: Path) -> None:
    owner.kill()
    owner.wait()
    with temporary_folder(keep=False) as (folder, _):
        assert list(tmp_path.iterdir()) == [folder]


def test_a_process_that_inherited_the_lock_owns_the_folder(tmp_path: Path) -> None:
    with temporary_folder(keep=True) as (folder, lock):
        heir = subprocess.Popen(["sleep", "60"], pass_fds=[lock])
        (folder / OWNED).rename(tmp_path / OWNED)
    (tmp_path / OWNED).rename(folder / OWNED)
    module.remove_abandoned_folders()
    assert folder.exists()
    heir.kill()
    heir.wait()
    module.remove_abandoned_folders()
    assert not folder.exists()


def test_a_folder_that_is_kept_stays(tmp_path: Path) -> None:
    with temporary_folder(keep=True) as (folder, _):
        pass
    (tmp_path / f"{PREFIX}of_an_older_version").mkdir()
    module.remove_abandoned_folders()
    assert len(list(tmp_path.iterdir())) == 2
    assert folder.exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to another user")
def test_a_folder_of_another_user_stays(tmp_path: Path) -> None:
    folder = tmp_path / f"{PREFIX}other"
    folder.mkdir()
    (folder / OWNED).touch()
    os.chown(folder, 12345, 12345)
    module.remove_abandoned_folders()
    assert folder.exists()


@pytest.mark.error_case("errors of disk and files handled")
def test_that_there_is_no_folder_for_temporary_files_is_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/no_such_folder")
    with pytest.raises(UserError, match="TMPDIR"), temporary_folder(keep=False):
        pass
