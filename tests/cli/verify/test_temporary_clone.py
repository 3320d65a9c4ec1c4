"""What the temporary clone of `restage verify` gets beside the commit."""

from pathlib import Path

import pytest

from stages.cli.verify.temporary_clone import copy_tracked_data


def test_tracked_files_and_folders_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("own.csv", "pets/cats/1.png", "raw/other.csv"):
        (Path("data") / name).parent.mkdir(parents=True, exist_ok=True)
        (Path("data") / name).write_text(name)
    clone = tmp_path / "clone"
    (clone / "data").mkdir(parents=True)
    for name in ("own.csv.dvc", "pets.dvc", "absent.csv.dvc"):
        (clone / "data" / name).write_text("outs: []")
    copy_tracked_data(clone)
    copied = {str(file.relative_to(clone / "data")) for file in clone.rglob("*") if file.is_file()}
    assert copied == {"own.csv", "pets/cats/1.png", "own.csv.dvc", "pets.dvc", "absent.csv.dvc"}
