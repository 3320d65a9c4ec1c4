"""The old raw data: from this clone, from DVC's cache, or the reason why they cannot be had."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from stages.cli.refresh.comparison.recorded_data import recorded_data
from stages.core import paths
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import write_raw
from stages.core.dvc.storage.cache import cache_object, folder_object, md5_of_file, md5_of_folder
from stages.core.errors import UserError

HASH = "a" * 64
RAW = paths.raw_data("mine")


@pytest.fixture(autouse=True)
def _recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """data/raw/mine, its objects in DVC's cache, and the record of the download."""
    monkeypatch.chdir(tmp_path)
    write_raw(Table({"all": pd.DataFrame({"a": [1, 2]})}), RAW)
    files = {file.name: md5_of_file(file) for file in RAW.iterdir()}
    for name, md5 in files.items():
        store(md5, (RAW / name).read_bytes())
    folder = md5_of_folder(files)
    store(folder, folder_object(files))
    params = {str(paths.dataset_params("mine")): {"download": {"files": {"all": {"sha256": HASH}}}}}
    entry = {"cmd": "x", "params": params, "outs": [{"path": str(RAW), "hash": "md5", "md5": folder}]}
    Path("dvc.lock").write_text(yaml.safe_dump({"schema": "2.0", "stages": {"download@mine": entry}}))


def store(md5: str, content: bytes) -> None:
    cache_object(md5).parent.mkdir(parents=True, exist_ok=True)
    cache_object(md5).write_bytes(content)


def read(tmp_path: Path, *pinned: str) -> list[int]:
    raw = recorded_data("mine", pinned, tmp_path / "temporary")
    assert isinstance(raw, Table)
    numbers: list[int] = raw.frames["all"]["a"].tolist()
    return numbers


def reason(tmp_path: Path, *pinned: str) -> str:
    with pytest.raises(UserError) as error:
        read(tmp_path, *pinned)
    return str(error.value)


def test_of_this_clone(tmp_path: Path) -> None:
    assert read(tmp_path, HASH) == [1, 2]
    assert not (tmp_path / "temporary").exists()


def test_of_the_cache_if_the_clone_has_none_or_others(tmp_path: Path) -> None:
    write_raw(Table({"all": pd.DataFrame({"a": [7]})}), RAW)
    assert read(tmp_path, HASH) == [1, 2]
    shutil.rmtree(RAW)
    assert read(tmp_path, HASH) == [1, 2]
    assert not RAW.exists()


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_neither_here_nor_in_the_cache(damage: str, tmp_path: Path) -> None:
    cached = cache_object(md5_of_file(RAW / "all.parquet"))
    shutil.rmtree(RAW)
    if damage == "missing":
        cached.unlink()
    else:
        cached.write_bytes(b"x")
    assert "`dvc fetch download@mine`" in reason(tmp_path, HASH)


def test_raw_data_of_other_files_are_not_compared(tmp_path: Path) -> None:
    assert "dvc.lock" in reason(tmp_path, HASH, "b" * 64)
    Path("dvc.lock").unlink()
    assert "dvc.lock" in reason(tmp_path, HASH)
