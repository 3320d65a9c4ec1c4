from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.notebook.files.working_folder import current_folder, find_root, in_folder


def test_the_current_folder_is_restored_after_an_error(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError), in_folder(tmp_path):
        raise UserError(str(current_folder()))
    assert current_folder() == folder


def test_blocks_can_be_in_each_other(folder: Path, tmp_path: Path) -> None:
    with in_folder(tmp_path):
        with in_folder(folder):
            assert Path.cwd() == folder
        assert Path.cwd() == tmp_path


def test_the_nearest_repository_is_the_root(folder: Path) -> None:
    for root in (folder, folder / "below"):
        (root / "conf").mkdir(parents=True)
        (root / "conf/config.yaml").touch()
        (root / "dvc.yaml").touch()
    (folder / "below/data").mkdir()
    assert find_root(folder / "below/data") == folder / "below"
    assert find_root(folder) == folder


def test_a_repository_of_dvc_alone_is_not_one(folder: Path) -> None:
    (folder / "dvc.yaml").touch()
    with pytest.raises(UserError, match="not in a repository of Restage"):
        find_root(folder)
