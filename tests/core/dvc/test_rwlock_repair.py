"""The list of paths in use, as a DVC leaves it that is killed while writing it."""

from pathlib import Path

import pytest
from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc.rwlock import rwlock

from stages.core.dvc.rwlock_repair import remove_corrupt_rwlock


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo.init(str(tmp_path), no_scm=True)


def rwlock_file(repo: Repo) -> Path:
    return Path(repo.tmp_dir, "rwlock")


def use_rwlock(repo: Repo) -> None:
    with rwlock(repo.tmp_dir, repo.fs, "repro", [], [], False):
        pass


@pytest.mark.parametrize("content", ["", '{"write": {"/data'])
def test_a_file_that_dvc_refuses_is_removed(repo: Repo, content: str) -> None:
    rwlock_file(repo).write_text(content)
    with pytest.raises(DvcException, match="corrupted"):
        use_rwlock(repo)
    assert remove_corrupt_rwlock(repo)
    use_rwlock(repo)


def test_a_file_that_dvc_can_read_is_kept(repo: Repo) -> None:
    assert not remove_corrupt_rwlock(repo)
    use_rwlock(repo)
    before = rwlock_file(repo).read_bytes()
    assert not remove_corrupt_rwlock(repo)
    assert rwlock_file(repo).read_bytes() == before
