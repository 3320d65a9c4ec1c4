import gc
import shutil
from pathlib import Path

import pytest

from stages.core import paths
from stages.core.errors import UserError
from stages.notebook.files.revision_files import RevisionFiles
from tests.notebook.recorded_example import KEY, record_example
from tests.report.example_datasets import flowers


@pytest.fixture
def commit(folder: Path) -> str:
    return record_example(flowers())


def test_a_file_and_a_folder_are_links_to_the_cache(commit: str, folder: Path) -> None:
    files = RevisionFiles(folder, KEY, "v1", commit)
    history, raw = files.find(paths.history(KEY)), files.find(paths.raw_data(KEY))
    assert history.read_bytes() == paths.history(KEY).read_bytes()
    assert sorted(file.name for file in raw.iterdir()) == ["all.parquet", "meta.json"]
    assert (folder / ".dvc/cache").resolve() in (raw / "meta.json").resolve().parents
    assert folder not in raw.parents


def test_what_is_not_in_the_cache_comes_from_the_default_remote(commit: str, folder: Path, tmp_path: Path) -> None:
    shutil.move(folder / ".dvc/cache", tmp_path / "remote")
    Path(".dvc/config").write_text("[core]\nremote = shared\n['remote \"shared\"']\nurl = ../../remote\n")
    files = RevisionFiles(folder, KEY, "v1", commit)
    found = files.find(paths.predictions(KEY)) / "predictions.csv"
    assert found.read_bytes() == (paths.predictions(KEY) / "predictions.csv").read_bytes()
    assert not (folder / ".dvc/cache").exists()
    fetched = found.resolve()
    del files
    gc.collect()
    assert not fetched.exists()


def test_an_incomplete_folder_is_not_left(commit: str, folder: Path) -> None:
    """After `dvc fetch`, the folder is found."""
    cache = folder / ".dvc/cache"
    objects = sorted(file for file in cache.rglob("*") if file.is_file() and file.suffix != ".dir")
    copies = {file: file.read_bytes() for file in objects}
    files = RevisionFiles(folder, KEY, "v1", commit)
    for file in objects:
        file.unlink()
    with pytest.raises(UserError, match="rev v1: data/raw/mine is not in DVC's cache, and there is no default remote"):
        files.find(paths.raw_data(KEY))
    for file, content in copies.items():
        file.write_bytes(content)
    assert len(list(files.find(paths.raw_data(KEY)).iterdir())) == 2


def test_an_output_that_is_not_recorded_is_named(commit: str, folder: Path) -> None:
    with pytest.raises(UserError, match=r"rev v1: its dvc.lock does not record data/exports/mine"):
        RevisionFiles(folder, KEY, "v1", commit).find(paths.export(KEY))


def test_a_model_that_is_nowhere_names_the_revision(commit: str, folder: Path) -> None:
    shutil.rmtree(".dvc/cache")
    files = RevisionFiles(folder, KEY, "v1", commit)
    with pytest.raises(UserError, match=r"--rev v1: .*not in DVC's cache") as raised, files.explain_errors():
        files.model_folder()
    assert commit not in str(raised.value)


def test_the_files_of_the_model_are_in_one_folder(commit: str, folder: Path) -> None:
    files = RevisionFiles(folder, KEY, "v1", commit)
    model = files.model_folder()
    assert (model / paths.model(KEY) / "training.json").is_file()
    del files
    gc.collect()
    assert not model.exists()
