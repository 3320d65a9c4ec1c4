"""What a source gives now is read again, whatever conf pins and the download cache has."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from stages.core.artefacts.raw.raw_data import Images, Table
from stages.core.errors import UserError
from stages.core.parameters.validation_errors import type_adapter
from stages.download.current_hashes import current_files, current_hashes, hashes_of, pinned_hashes, with_hashes
from stages.download.fetch.download_files import CACHE
from stages.download.fetch.transfers.mirror import MIRROR
from stages.download.formats.pictures.folder_hash import folder_hash
from stages.download.load_source import load_source
from stages.download.params import Download
from stages.download.params.file_params import File, picture_files_name
from tests.core.pictures.picture_files import random_pixels, save_picture
from tests.download.fetch.other_repository import FIRST, SECOND, fetch_in_this_process, make_other_repository
from tests.download.picture_columns.table_of_pictures import file_source, picture_contents, pixels_of_rows, write_folder
from tests.download.sample_files import ZERO_HASH, error_message, http_params, make_zip, md5, sha256

OLD, NEW = b"a,b\n1,2\n", b"a,b\n1,2\n3,4\n"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    monkeypatch.delenv(MIRROR, raising=False)
    return tmp_path / "cache"


def local(**files):
    """A source of files with their hashes; the files are named as the splits."""
    entries = {name: {"path": f"{name}.csv", "sha256": digest} for name, digest in files.items()}
    return File.model_validate({"source": "file", "format": {"format": "csv"}, "files": entries})


def loaded_rows(source):
    raw = load_source(source)
    assert isinstance(raw, Table)
    return {split: frame.to_numpy().tolist() for split, frame in raw.frames.items()}


def test_local_files():
    Path("train.csv").write_bytes(NEW)
    Path("test.csv").write_bytes(OLD)
    source = local(train=ZERO_HASH, test=sha256(OLD))
    files = current_files(source)
    assert current_hashes(source) == {ZERO_HASH: sha256(NEW), sha256(OLD): sha256(OLD)}
    assert {name: file.changed for name, file in files.items()} == {"train": True, "test": False}
    assert loaded_rows(with_hashes(source, hashes_of(files), files)) == {"train": [[1, 2], [3, 4]], "test": [[1, 2]]}


def test_all_files_that_cannot_be_read_are_reported():
    with pytest.raises(UserError) as error:
        current_hashes(local(train=ZERO_HASH, test=ZERO_HASH))
    assert [message.partition(";")[0] for message in error.value.messages] == [
        "train.csv: no such file",
        "test.csv: no such file",
    ]


def test_one_hash_for_files_that_differ_now():
    Path("train.csv").write_bytes(OLD)
    Path("test.csv").write_bytes(NEW)
    message = error_message(current_hashes, local(train=ZERO_HASH, test=ZERO_HASH))
    assert "train, test: one hash in conf" in message


def test_members_of_an_archive(tmp_path):
    (tmp_path / "all.csv").write_bytes(make_zip({"in.csv": NEW}))
    file = {"path": "all.csv", "sha256": ZERO_HASH, "member": "in.csv", "md5": {"in.csv": md5(OLD)}}
    source = File.model_validate({"source": "file", "format": {"format": "csv"}, "files": {"all": file}})
    archive = sha256((tmp_path / "all.csv").read_bytes())
    assert current_hashes(source) == {ZERO_HASH: archive, md5(OLD): md5(NEW)}
    files = current_files(source)
    assert loaded_rows(with_hashes(source, hashes_of(files), files)) == {"all": [[1, 2], [3, 4]]}


def test_a_download_asks_the_server_although_the_cache_has_the_old_file(server, cache):
    url = server.serve("/a.csv", (200, OLD), (200, NEW))
    source = http_params({"urls": [url], "sha256": sha256(OLD), "size": len(OLD)})
    assert loaded_rows(source) == {"all": [[1, 2]]}
    files = current_files(source)
    assert hashes_of(files) == {sha256(OLD): sha256(NEW)}
    assert files["all"].size == (len(OLD), len(NEW))
    assert sorted(file.name for file in cache.iterdir()) == sorted([sha256(OLD), sha256(NEW)])
    renewed = with_hashes(source, hashes_of(files), files)
    assert loaded_rows(renewed) == {"all": [[1, 2], [3, 4]]}
    assert len(server.paths) == 2  # what was fetched is not fetched again


def test_what_an_interrupted_download_left_is_not_continued(server, cache):
    url = server.serve("/a.csv", (200, NEW))
    cache.mkdir()
    (cache / f"{sha256(OLD)}.part").write_bytes(OLD[:3])
    assert current_hashes(http_params({"urls": [url], "sha256": sha256(OLD)})) == {sha256(OLD): sha256(NEW)}
    assert server.ranges == [None]


def test_a_web_page_is_no_new_version(server, cache):
    url = server.serve("/a.csv", (200, b"<!DOCTYPE html><p>Sign in</p>"))
    message = error_message(current_hashes, http_params({"urls": [url], "sha256": sha256(OLD)}))
    assert "a web page instead of the file" in message
    assert list(cache.iterdir()) == []


def test_a_mirror_is_asked_first(server, tmp_path, monkeypatch):
    (tmp_path / "mirror/a").mkdir(parents=True)
    (tmp_path / "mirror/a/b.csv").write_bytes(NEW)
    monkeypatch.setenv(MIRROR, str(tmp_path / "mirror"))
    source = http_params({"urls": [server.root + "/b.csv"], "mirror": "a/b.csv", "sha256": sha256(OLD)})
    assert current_hashes(source) == {sha256(OLD): sha256(NEW)}
    assert server.paths == []


@pytest.mark.parametrize("content", [OLD, NEW])
def test_a_mirror_with_another_archive(content, tmp_path, monkeypatch):
    """Its content is known by its own hash; the published hash of a changed file is not known then."""
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror/b.csv").write_bytes(content)
    monkeypatch.setenv(MIRROR, str(tmp_path / "mirror"))
    source = http_params({"mirror": "b.csv", "sha256": ZERO_HASH, "mirror_sha256": sha256(OLD)})
    if content == OLD:
        assert current_hashes(source) == {ZERO_HASH: ZERO_HASH}
    else:
        assert "mirror_sha256" in error_message(current_hashes, source)


@pytest.fixture
def dvc_in_this_process(monkeypatch):
    fetch_in_this_process(monkeypatch)


@pytest.mark.parametrize("rev", ["v1", "main"])
def test_a_file_of_another_repository(rev, tmp_path, dvc_in_this_process):
    """A tag stays; a branch moves."""
    other = make_other_repository(tmp_path / "other")
    files = {"all": {"path": "data/prices.csv", "sha256": sha256(FIRST)}}
    params = {"source": "dvc", "repo": str(other.path), "rev": rev, "files": files, "format": {"format": "csv"}}
    source = type_adapter(Download).validate_python(params)
    current = current_files(source)
    assert pinned_hashes(source) == [sha256(FIRST)]
    assert hashes_of(current) == {sha256(FIRST): sha256(FIRST if rev == "v1" else SECOND)}
    rows = {"v1": [[1, "x"], [2, "y"]], "main": [[3, "z"]]}
    assert loaded_rows(with_hashes(source, hashes_of(current), current)) == {"all": rows[rev]}


@pytest.mark.parametrize("path", ["data/photos", "icons"])
def test_folders_of_another_repository(path, tmp_path, dvc_in_this_process):
    """A branch moved since its folder was pinned."""
    pictures = {"a/1.png": save_picture(random_pixels(2, 2)), "b/2.png": save_picture(random_pixels(2, 2, seed=1))}
    other = make_other_repository(tmp_path / "other", pictures=pictures)
    new = folder_hash({name: sha256(content) for name, content in pictures.items()})
    files = {"all": {"path": path, "sha256": ZERO_HASH}}
    pictures_format = {"format": "pictures", "size": [2, 2]}
    params = {"source": "dvc", "repo": str(other.path), "rev": "main", "files": files, "format": pictures_format}
    source = type_adapter(Download).validate_python(params)
    current = current_files(source)
    assert hashes_of(current) == {ZERO_HASH: new}
    raw = load_source(with_hashes(source, hashes_of(current), current))
    assert isinstance(raw, Images)
    assert len(raw.images["all"]) == 2


def test_the_pictures_of_a_column_of_another_repository(tmp_path, dvc_in_this_process):
    pictures = {"a.png": save_picture(random_pixels(2, 2))}
    other = make_other_repository(tmp_path / "other", pictures=pictures)
    files = {"all": {"path": "data/prices.csv", "sha256": sha256(FIRST)}}
    column = {"files": {"path": "data/photos", "sha256": ZERO_HASH}, "size": [2, 2]}
    params = {"source": "dvc", "repo": str(other.path), "rev": "v1", "files": files, "format": {"format": "csv"}}
    source = type_adapter(Download).validate_python(params | {"pictures": {"b": column}})
    assert pinned_hashes(source) == [sha256(FIRST), ZERO_HASH]
    new = folder_hash({"a.png": sha256(pictures["a.png"])})
    assert hashes_of(current_files(source)) == {sha256(FIRST): sha256(FIRST), ZERO_HASH: new}


def test_a_query(tmp_path, monkeypatch):
    with closing(sqlite3.connect(tmp_path / "shop.db")) as shop, shop:
        shop.execute("create table orders (id integer, price integer)")
        shop.execute("insert into orders values (1, 20)")
    monkeypatch.setenv("SHOP", f"sqlite:///{tmp_path}/shop.db")
    params = {"source": "sql", "url_env": "SHOP", "query": "select * from orders order by id", "sha256": ZERO_HASH}
    source = type_adapter(Download).validate_python(params)
    current = current_files(source)
    assert pinned_hashes(source) == [ZERO_HASH]
    assert current["query"].changed
    assert loaded_rows(with_hashes(source, hashes_of(current), current)) == {"all": [[1, 20]]}


def test_a_folder_of_pictures():
    files = write_folder(Path("pictures"), {"a/1.png": save_picture(random_pixels(2, 2)), "b/2.png": b"old"})
    (Path("pictures") / "b/2.png").write_bytes(save_picture(random_pixels(2, 2, seed=1)))
    params = {"source": "file", "format": {"format": "pictures", "size": [2, 2]}, "files": {"all": files}}
    source = File.model_validate(params)
    current = current_files(source)
    assert current["all"].changed
    raw = load_source(with_hashes(source, hashes_of(current), current))
    assert isinstance(raw, Images)
    assert len(raw.images["all"]) == 2


def test_the_pictures_of_a_column():
    source = file_source(write_folder(Path("pictures"), picture_contents()))
    assert not any(file.changed for file in current_files(source).values())
    (Path("pictures") / "a.png").write_bytes(save_picture(random_pixels(4, 6, 3, seed=9)))
    current = current_files(source)
    assert [name for name, file in current.items() if file.changed] == [picture_files_name("photo")]
    assert set(pinned_hashes(source)) == set(hashes_of(current))
    raw = load_source(with_hashes(source, hashes_of(current), current))
    assert isinstance(raw, Table)
    [first, *_] = pixels_of_rows(raw)
    assert first is not None
    assert first.tolist() == random_pixels(4, 6, 3, seed=9).tolist()


def test_sources_without_a_hash(server):
    url = server.serve("/a.csv", (200, NEW))
    published = http_params({"urls": [url], "checksum_suffix": ".sha256"})
    iris = type_adapter(Download).validate_python({"source": "sklearn", "name": "iris"})
    assert [(pinned_hashes(source), current_hashes(source)) for source in (published, iris)] == [([], {}), ([], {})]
    assert server.paths == []
