"""The folder of an export: nothing of the user's is removed."""

from pathlib import Path

import pytest

from stages.cli.export.target_folder import check_target
from stages.core.errors import UserError


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")


def test_a_new_an_empty_and_an_exported_folder_can_be_used(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path / "exported", "README.md", "Dockerfile", "model/files/manifest.json", "model/__pycache__/x.pyc")
    for name in ("new/folder", "empty", "exported"):
        check_target(tmp_path / name)


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (["notes.txt"], r"no export, but holds notes\.txt"),
        (["README.md", "model/code.py"], r"no export, but holds README\.md, model"),
        (["model/files/manifest.json", ".git/HEAD", "data.csv"], r"\.git, data\.csv does not belong to the export"),
    ],
)
def test_a_folder_with_other_files_is_refused(names: list[str], problem: str, tmp_path: Path) -> None:
    write(tmp_path, *names)
    with pytest.raises(UserError, match=problem):
        check_target(tmp_path)


def test_a_file_and_a_link_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "file")
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("file", "link"):
        with pytest.raises(UserError, match="is no folder"):
            check_target(tmp_path / name)
