from pathlib import Path

import pytest

from stages.core.dvc.lock_file import read_lock_file
from stages.core.errors import UserError


def test_without_a_lock_file_nothing_is_recorded(tmp_path: Path) -> None:
    assert read_lock_file(tmp_path) == {}


def test_an_empty_lock_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "dvc.lock").write_text("")
    with pytest.raises(UserError, match=r"dvc\.lock.*stages; run `git checkout dvc\.lock`"):
        read_lock_file(tmp_path)
