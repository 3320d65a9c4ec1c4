"""Files of a revision out of the cache or a remote; the working tree and the cache stay as they are."""

import json
import shutil
from pathlib import Path

import pytest

from stages.cli.predict.revision.files_of_revision import files_of_revision
from stages.core.artefacts.records.record import record_text
from stages.core.dvc.storage.cache import cache_folder, cache_object
from stages.core.errors import UserError
from stages.inference.output_settings import OutputSettings
from tests.cli.revisions.recorded_repository import EVALUATION, FITTED, OLD, commit, git, store_output


def files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if not path.is_dir() and "fetched" not in path.parts
    }


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(p): (p.lstat().st_mtime_ns, p.lstat().st_size) for p in folder.rglob("*") if ".git" not in p.parts}


def message(revision: str, key: str = "tiny") -> str:
    with pytest.raises(UserError) as raised, files_of_revision(revision, key, with_data=False):
        pass
    return str(raised.value)


def test_the_needed_files_are_there_and_nothing_else_changes(repository: Path) -> None:
    before = snapshot(repository)
    with files_of_revision("old", "tiny", with_data=False) as folder:
        assert files(folder) == {
            "conf/accepted/tiny.json",
            "data/guard/models/tiny/__init__.py",
            "data/guard/params/tiny.json",
            "data/models/tiny/model.keras",
            "data/models/tiny/training.json",
            "data/predictions/tiny/output_settings.json",
            "data/processed/tiny/fitted.json",
            "data/raw/tiny/meta.json",
            "reports/evaluation/tiny.json",
            "reports/profiles/tiny.json",
        }
        assert (folder / "data/models/tiny/model.keras").read_text() == "model"
        assert (folder / "conf/accepted/tiny.json").read_text() == "accepted"
        assert not folder.is_relative_to(repository)
    assert not folder.exists()
    assert snapshot(repository) == before
    assert git("status", "--porcelain") == ""


def test_with_the_data_of_the_splits(repository: Path) -> None:
    with files_of_revision("old", "tiny", with_data=True) as folder:
        assert {"data/raw/tiny/all.parquet", "data/processed/tiny/train/rows.json"} <= files(folder)


def test_an_older_revision_has_the_settings_of_its_records(repository: Path) -> None:
    with files_of_revision("old", "tiny", with_data=False) as folder:
        text = (folder / "data/predictions/tiny/output_settings.json").read_text()
        settings = OutputSettings.model_validate_json(text)
    assert settings.quantiles == {"y": [0.1, 0.5, 0.9]}
    assert settings.thresholds == EVALUATION.thresholds


def test_recorded_settings_are_used(repository: Path) -> None:
    settings = OutputSettings(quantiles={"y": [0.5]})
    commit({**OLD, "data/predictions/tiny": {"output_settings.json": record_text(settings)}}, "new")
    with files_of_revision("new", "tiny", with_data=False) as folder:
        text = (folder / "data/predictions/tiny/output_settings.json").read_text()
    assert OutputSettings.model_validate_json(text) == settings


def test_the_own_model_files_are_those_of_the_revision(repository: Path) -> None:
    files = {"tiny/__init__.py": "# package", "tiny/mine.py": "SIZE = 4", "other/mine.py": "SIZE = 5"}
    commit({**OLD, "data/guard/models": files}, "own")
    with files_of_revision("own", "tiny", with_data=False) as folder:
        copies = folder / "data/guard/models"
        assert {str(p.relative_to(copies)) for p in copies.rglob("*.py")} == {"tiny/__init__.py", "tiny/mine.py"}
        assert (copies / "tiny/mine.py").read_text() == "SIZE = 4"


@pytest.mark.error_case("predict")
def test_fitted_json_of_another_format(repository: Path) -> None:
    content = json.loads(record_text(FITTED)) | {"format_version": 9}
    commit({**OLD, "data/processed/tiny": {"fitted.json": json.dumps(content)}}, "other")
    text = message("other")
    assert "--rev other: data/processed/tiny/fitted.json cannot be read by this code (format_version" in text
    assert "git worktree add ../other other" in text


@pytest.mark.error_case("predict")
def test_a_dataset_that_the_revision_does_not_have(repository: Path) -> None:
    assert "no trained model of tinny; did you mean tiny?" in message("old", "tinny")
    assert "it has no results" in message("HEAD")


@pytest.mark.error_case("predict")
def test_what_is_not_in_the_cache_is_named(repository: Path) -> None:
    cache_object(store_output("model")).unlink()
    text = message("old")
    assert text.startswith(
        "--rev old: data/models/tiny/model.keras: not in DVC's cache, and there is no default remote"
    )
    assert "`git checkout old`, `restage run tiny`" in text


def remote() -> Path:
    Path(".dvc/config").write_text("[core]\n    remote = team\n['remote \"team\"']\n    url = ../remote\n")
    git("commit", "--quiet", "--all", "--message", "A remote")
    return Path("remote/files/md5")


def test_what_is_not_in_the_cache_comes_from_the_remote(repository: Path) -> None:
    shutil.copytree(cache_folder(), remote())
    Path(".gitignore").write_text(".dvc/cache\nremote\n")
    shutil.rmtree(cache_folder())
    with files_of_revision("old", "tiny", with_data=False) as folder:
        assert (folder / "data/models/tiny/model.keras").read_text() == "model"
    assert not cache_folder().exists()


@pytest.mark.error_case("predict")
def test_what_is_damaged_everywhere_is_named(repository: Path) -> None:
    shutil.copytree(cache_folder(), remote())
    model = cache_object(store_output("model"))
    for damaged in (model, Path("remote/files/md5") / model.relative_to(cache_folder())):
        damaged.write_text("damaged")
    assert "neither in DVC's cache nor on the remote team" in message("old")


def test_a_damaged_object_of_the_cache_comes_from_the_remote(repository: Path) -> None:
    shutil.copytree(cache_folder(), remote())
    cache_object(store_output("model")).write_text("damaged")
    with files_of_revision("old", "tiny", with_data=False) as folder:
        assert (folder / "data/models/tiny/model.keras").read_text() == "model"
