from pathlib import Path

import pytest
from dvc_objects.fs.utils import tmp_fname

from stages.core.dvc.temporary_files import remove_incomplete_files, remove_temporary_files


def test_what_a_killed_dvc_left_beside_outputs_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path("data/raw/iris")
    folder.mkdir(parents=True)
    left = [folder / tmp_fname(), folder / tmp_fname("all.parquet")]
    kept = [folder / "all.parquet", folder / "notes.tmp"]
    for file in (*left, *kept):
        file.touch()
    assert sorted(remove_temporary_files()) == sorted(left)
    assert sorted(folder.iterdir()) == sorted(kept)
    assert remove_temporary_files() == []


def test_what_a_killed_restage_left_unfinished_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    notes = Path(".dvc/tmp/restage")
    (notes / "training/iris/hash").mkdir(parents=True)
    left = [
        Path("dvc.lock.incomplete"), Path("params.yaml.incomplete"),
        notes / "seconds.json.incomplete", notes / "training/iris/hash/0.npz.incomplete",
    ]  # fmt: skip
    kept = [Path("dvc.lock"), notes / "seconds.json"]
    for file in (*left, *kept):
        file.touch()
    assert remove_incomplete_files() == left
    assert [file for file in (*left, *kept) if file.exists()] == kept
