"""`source: dvc`: files of another repository become raw data, and stay in the cache of downloads."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stages.core.artefacts.raw.raw_data import Images, RawData, Table
from stages.core.errors import UserError
from stages.download.fetch.dvc_files import fetch_dvc_files
from stages.download.fetch.verified_files import VerifiedFiles
from stages.download.formats.pictures.folder_hash import folder_hash, hash_folder
from stages.download.load_source import load_source, read_files
from stages.download.params.dvc_params import Dvc
from tests.core.pictures.picture_files import random_pixels, save_picture
from tests.download.fetch.other_repository import (
    FIRST,
    SECOND,
    OtherRepository,
    fetch_in_this_process,
    make_other_repository,
)
from tests.download.picture_columns.table_of_pictures import pixels_of_rows
from tests.download.sample_files import ZERO_HASH, error_message, make_zip, sha256

PICTURES = {
    f"{name}/{number}.png": save_picture(random_pixels(2, 3, 3, seed=[number, len(name)]))
    for name in ("cat", "horse")
    for number in range(2)
}
PICTURES_HASH = folder_hash({path: sha256(content) for path, content in PICTURES.items()})


@pytest.fixture(scope="module", name="other")
def _other(tmp_path_factory: pytest.TempPathFactory) -> OtherRepository:
    return make_other_repository(tmp_path_factory.mktemp("other"), pictures=PICTURES)


def fetch(params: Dvc, cache: Path) -> VerifiedFiles:
    return fetch_dvc_files(params, params.files, cache)


def picture_source(repo: Path | str, path: str = "data/photos", sha256: str = PICTURES_HASH, **options: Any) -> Dvc:
    files = {"all": {"path": path, "sha256": sha256}}
    return source(repo, files=files, format={"format": "pictures", "size": [2, 3]}, **options)


def source(repo: Path | str, path: str = "data/prices.csv", content: bytes = FIRST, **options: Any) -> Dvc:
    files = {"all": {"path": path, "sha256": sha256(content)}}
    given = {"source": "dvc", "repo": str(repo), "rev": "v1", "files": files, "format": {"format": "csv"}}
    return Dvc.model_validate(given | options)


def test_a_file_is_fetched_once_and_read(other: OtherRepository, tmp_path: Path) -> None:
    params = source(other.path)
    raw = read_files(params, fetch(params, tmp_path))
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
    assert fetch(source("/nowhere"), tmp_path)["all"][0].path.read_bytes() == FIRST


def test_errors_of_all_files_are_reported_and_nothing_is_kept(other: OtherRepository, tmp_path: Path) -> None:
    files = {
        "train": {"path": "data/prices.csv", "sha256": sha256(SECOND)},
        "test": {"path": "data/price.csv", "sha256": ZERO_HASH},
    }
    with pytest.raises(UserError) as error:
        fetch(source(other.path, files=files), tmp_path)
    wrong, absent = error.value.messages
    assert wrong.startswith(f"data/prices.csv in {other.path}: wrong content: expected sha256 {sha256(SECOND)}")
    assert sha256(FIRST) in wrong
    assert absent == f"data/price.csv in {other.path}: no such file at v1; did you mean data/prices.csv?"
    assert list(tmp_path.iterdir()) == []


def test_a_password_in_an_answer_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """conf/ refuses such an address before a stage runs."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    params = source("http://bob:hunter2@127.0.0.1:9/registry.git")
    message = error_message(fetch, params, tmp_path)
    assert "no such repository" in message
    assert "hunter2" not in message


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "RESTAGE_CACHE" in error_message(fetch, source("x"), tmp_path / "file" / "cache")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    fetch_in_this_process(monkeypatch)
    monkeypatch.setenv("RESTAGE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def check_pictures(raw: RawData) -> None:
    assert isinstance(raw, Images)
    assert raw.classes == ["cat", "horse"]
    assert raw.labels["all"].tolist() == [0, 0, 1, 1]
    np.testing.assert_array_equal(raw.images["all"][2], random_pixels(2, 3, 3, seed=[0, 5]))


@pytest.mark.parametrize("path", ["data/photos", "icons"])
def test_a_folder_is_fetched_once_and_read(path: str, other: OtherRepository, cache: Path) -> None:
    raw = load_source(picture_source(other.path, path))
    check_pictures(raw)
    assert raw.source["sha256"] == {"all": PICTURES_HASH}
    assert raw.source["paths"] == {"all": path}
    assert [folder.name for folder in cache.iterdir()] == [f"folder-{PICTURES_HASH}"]
    # The hash identifies the folder: the repository is not asked again.
    check_pictures(load_source(picture_source("/nowhere")))


def test_an_archive_of_pictures(tmp_path: Path, cache: Path) -> None:
    archive = make_zip(PICTURES)
    other = make_other_repository(tmp_path / "other", first=archive)
    check_pictures(load_source(picture_source(other.path, "data/prices.csv", sha256(archive))))
    assert [file.name for file in cache.iterdir()] == [sha256(archive)]


@pytest.mark.parametrize("damage", ["changed", "absent", "added", "cut off"])
def test_a_damaged_folder_in_the_cache_is_fetched_again(damage: str, other: OtherRepository, cache: Path) -> None:
    params = picture_source(other.path)
    load_source(params)
    folder = cache / f"folder-{PICTURES_HASH}"
    match damage:
        case "changed":
            (folder / "cat/1.png").write_bytes(PICTURES["cat/0.png"])
        case "absent":
            (folder / "cat/1.png").unlink()
        case "added":
            (folder / "cat/2.png").write_bytes(PICTURES["cat/0.png"])
        case _:
            (folder / "cat/1.png").write_bytes(PICTURES["cat/1.png"][:-1])
    check_pictures(load_source(params))
    assert [path.name for path in cache.iterdir()] == [folder.name]
    assert folder_hash(hash_folder(folder)) == PICTURES_HASH


REFUSED = {
    "a wrong hash": ({"sha256": ZERO_HASH}, f"wrong content: expected sha256 {ZERO_HASH}, received {PICTURES_HASH}"),
    "too many files": ({"limits": {"members": 3}}, "more than 3 files"),
    "too many bytes": ({"limits": {"bytes": 100}}, "at most 100 bytes"),
    "no such folder": ({"path": "data/photo"}, "no such file at v1; did you mean data/photos?"),
}


@pytest.mark.error_case("files that cannot be read")
@pytest.mark.parametrize(("options", "fact"), REFUSED.values(), ids=REFUSED)
def test_nothing_is_kept_of_a_refused_folder(
    options: dict[str, Any], fact: str, other: OtherRepository, cache: Path
) -> None:
    assert fact in error_message(load_source, picture_source(other.path, **options))
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("cached", [False, True])
def test_a_folder_is_no_table(cached: bool, other: OtherRepository, cache: Path) -> None:
    if cached:
        load_source(picture_source(other.path))
    files = {"all": {"path": "data/photos", "sha256": PICTURES_HASH}}
    assert "a folder; name one file of it" in error_message(load_source, source(other.path, files=files))


@pytest.mark.parametrize("path", ["data/photos", "icons"])
def test_the_pictures_of_a_column(path: str, tmp_path: Path, cache: Path) -> None:
    rows = b"photo,price\ncat/1.png,1\n,2\nhorse/0.png,3\n"
    other = make_other_repository(tmp_path / "other", first=rows, pictures=PICTURES)
    column = {"files": {"path": path, "sha256": PICTURES_HASH}, "size": [2, 3]}
    raw = load_source(source(other.path, content=rows, pictures={"photo": column}))
    assert isinstance(raw, Table)
    first, gap, last = pixels_of_rows(raw)
    assert gap is None
    np.testing.assert_array_equal(first, random_pixels(2, 3, 3, seed=[1, 3]))
    np.testing.assert_array_equal(last, random_pixels(2, 3, 3, seed=[0, 5]))
    assert raw.source["paths"] == {"all": "data/prices.csv", "pictures of photo": path}


def test_errors_of_tables_and_of_pictures_are_reported(other: OtherRepository, cache: Path) -> None:
    column = {"files": {"path": "data/photo", "sha256": ZERO_HASH}, "size": [2, 3]}
    with pytest.raises(UserError) as error:
        load_source(source(other.path, content=SECOND, pictures={"photo": column}))
    assert [message.split(" in ")[0] for message in error.value.messages] == ["data/prices.csv", "data/photo"]
