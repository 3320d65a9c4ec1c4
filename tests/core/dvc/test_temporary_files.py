from pathlib import Path

import pytest
from dvc_objects.fs.utils import tmp_fname

from stages.core.dvc.temporary_files import remove_temporary_files


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
