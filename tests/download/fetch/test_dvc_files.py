"""`source: dvc`: files of another repository become raw data, and stay in the cache of downloads."""

from pathlib import Path
from typing import Any

import pytest

from stages.core.artefacts.raw_data import Table
from stages.core.errors import UserError
from stages.download.fetch.dvc_files import fetch_dvc_files
from stages.download.load_source import read_files
from stages.download.params.dvc_params import Dvc
from tests.download.fetch.other_repository import FIRST, SECOND, OtherRepository, make_other_repository
from tests.download.sample_files import ZERO_HASH, error_message, sha256


@pytest.fixture(scope="module", name="other")
def _other(tmp_path_factory: pytest.TempPathFactory) -> OtherRepository:
    return make_other_repository(tmp_path_factory.mktemp("other"))


def source(repo: Path | str, path: str = "data/prices.csv", content: bytes = FIRST, **options: Any) -> Dvc:
    files = {"all": {"path": path, "sha256": sha256(content)}}
    given = {"source": "dvc", "repo": str(repo), "rev": "v1", "files": files, "format": {"format": "csv"}}
    return Dvc.model_validate(given | options)


def test_a_file_is_fetched_once_and_read(other: OtherRepository, tmp_path: Path) -> None:
    params = source(other.path)
    raw = read_files(params, fetch_dvc_files(params, tmp_path))
    assert isinstance(raw, Table)
    assert raw.frames["all"].to_dict("list") == {"a": [1, 2], "b": ["x", "y"]}
    assert raw.source == {
        "source": "dvc",
        "repo": str(other.path),
        "rev": "v1",
        "paths": {"all": "data/prices.csv"},
        "sha256": {"all": sha256(FIRST)},
    }
    assert [file.name for file in tmp_path.iterdir()] == [sha256(FIRST)]
    # The hash identifies the file: the repository is not asked again.
    assert fetch_dvc_files(source("/nowhere"), tmp_path)["all"][0].path.read_bytes() == FIRST


def test_errors_of_all_files_are_reported_and_nothing_is_kept(other: OtherRepository, tmp_path: Path) -> None:
    files = {
        "train": {"path": "data/prices.csv", "sha256": sha256(SECOND)},
        "test": {"path": "data/price.csv", "sha256": ZERO_HASH},
    }
    with pytest.raises(UserError) as error:
        fetch_dvc_files(source(other.path, files=files), tmp_path)
    wrong, absent = error.value.messages
    assert wrong.startswith(f"data/prices.csv in {other.path}: wrong content: expected sha256 {sha256(SECOND)}")
    assert sha256(FIRST) in wrong
    assert absent == f"data/price.csv in {other.path}: no such file at v1; did you mean data/prices.csv?"
    assert list(tmp_path.iterdir()) == []


def test_a_password_in_an_answer_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """conf/ refuses such an address before a stage runs."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    params = source("http://bob:hunter2@127.0.0.1:9/registry.git")
    message = error_message(fetch_dvc_files, params, tmp_path)
    assert "no such repository" in message
    assert "hunter2" not in message


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "RESTAGE_CACHE" in error_message(fetch_dvc_files, source("x"), tmp_path / "file" / "cache")
