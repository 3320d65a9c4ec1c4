"""The list of who reads and writes what, as a DVC leaves it that was killed while it wrote."""

from pathlib import Path

import pytest
from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc.rwlock import rwlock

from stages.cli.run.lock_repair import mended_rwlock


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo.init(str(tmp_path), no_scm=True)


def listed(repo: Repo) -> Path:
    return Path(repo.tmp_dir, "rwlock")


def use(repo: Repo) -> None:
    with rwlock(repo.tmp_dir, repo.fs, "repro", [], [], False):
        pass


@pytest.mark.parametrize("left", ["", '{"write": {"/data'])
def test_what_every_dvc_refuses_is_removed(repo: Repo, left: str) -> None:
    listed(repo).write_text(left)
    with pytest.raises(DvcException, match="corrupted"):
        use(repo)
    assert mended_rwlock(repo)
    use(repo)


def test_what_a_dvc_can_read_stays(repo: Repo) -> None:
    assert not mended_rwlock(repo)
    use(repo)
    before = listed(repo).read_bytes()
    assert not mended_rwlock(repo)
    assert listed(repo).read_bytes() == before
