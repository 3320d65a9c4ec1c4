"""Files of another repository, against what the installed DVC does."""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from stages.core.dvc.fetch_path import fetch_path
from stages.core.errors import UserError
from tests.download.fetch.other_repository import FIRST, SECOND, OtherRepository, make_other_repository

LARGE = 1 << 20
PICTURES = {"cats/1.png": b"one", "cats/2.png": b"two", "dogs/old/1.png": b"three"}


@pytest.fixture(scope="module", name="made")
def _made(tmp_path_factory: pytest.TempPathFactory) -> OtherRepository:
    return make_other_repository(tmp_path_factory.mktemp("other"), pictures=PICTURES)


@pytest.fixture
def other(made: OtherRepository, tmp_path: Path) -> OtherRepository:
    shutil.copytree(made.path.parent, tmp_path / "other")
    return OtherRepository(tmp_path / "other/registry", made.remote)


@pytest.mark.parametrize(
    ("path", "content"), [("data/prices.csv", FIRST), ("parts/one.csv", FIRST), ("notes.csv", SECOND)]
)
def test_a_file_of_dvc_of_a_folder_and_of_git(path: str, content: bytes, made: OtherRepository, tmp_path: Path) -> None:
    fetch_path(str(made.path), "v1", path, tmp_path / "file", LARGE)
    assert (tmp_path / "file").read_bytes() == content


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("path", ["data/photos", "icons"])
def test_a_folder_of_dvc_and_of_git(path: str, made: OtherRepository, tmp_path: Path) -> None:
    size = sum(map(len, PICTURES.values()))
    fetch_path(str(made.path), "v1", path, tmp_path / "folder", size, len(PICTURES))
    assert contents(tmp_path / "folder") == PICTURES


def test_a_folder_in_a_folder_of_dvc(made: OtherRepository, tmp_path: Path) -> None:
    fetch_path(str(made.path), "v1", "data/photos/cats", tmp_path / "folder", LARGE, 9)
    assert contents(tmp_path / "folder") == {"1.png": b"one", "2.png": b"two"}


def test_a_folder_on_the_remote_alone(other: OtherRepository, tmp_path: Path) -> None:
    shutil.rmtree(other.path / ".dvc/cache")
    fetch_path(f"file://{other.path}", "v1", "data/photos", tmp_path / "folder", LARGE, 9)
    assert contents(tmp_path / "folder") == PICTURES


@pytest.mark.error_case("files that cannot be read")
@pytest.mark.parametrize("path", ["data/photos", "icons"])
@pytest.mark.parametrize(("max_bytes", "max_files", "fact"), [(10, 9, "most 10 bytes"), (99, 2, "more than 2 files")])
def test_a_folder_that_is_too_large(
    max_bytes: int, max_files: int, fact: str, path: str, made: OtherRepository, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=fact):
        fetch_path(str(made.path), "v1", path, tmp_path / "folder", max_bytes, max_files)


@pytest.mark.parametrize("ends", [".dir", ""], ids=["its list of files", "its files"])
def test_a_folder_that_was_not_pushed(ends: str, other: OtherRepository, tmp_path: Path) -> None:
    """DVC keeps the list of the files of a folder in an object of its own."""
    shutil.copytree(other.remote, tmp_path / "remote")
    for file in [path for path in (tmp_path / "remote").rglob("*") if path.is_file()]:
        if (file.suffix == ".dir") == (ends == ".dir"):
            file.unlink()
    without_data(other, str(tmp_path / "remote"))
    with pytest.raises(UserError, match="run `dvc push` there"):
        fetch_path(str(other.path), "v1", "data/photos", tmp_path / "folder", LARGE, 9)


@pytest.mark.error_case("files that cannot be read")
@pytest.mark.parametrize("path", ["../../evil.png", "cats/../../evil.png", "/evil.png"])
def test_a_list_of_files_with_a_path_outside_the_folder(path: str, other: OtherRepository, tmp_path: Path) -> None:
    """Whoever can write to the remote can write such a list."""
    entries = json.dumps([{"md5": hashlib.md5(b"one").hexdigest(), "relpath": path}]).encode()
    digest = f"{hashlib.md5(entries).hexdigest()}.dir"
    target = other.path / f".dvc/cache/files/md5/{digest[:2]}/{digest[2:]}"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(entries)
    tracked = yaml.safe_load((other.path / "data/photos.dvc").read_text())
    tracked["outs"][0]["md5"] = digest
    (other.path / "data/photos.dvc").write_text(yaml.safe_dump(tracked))
    other.git("commit", "--all", "--quiet", "--message", "evil")
    with pytest.raises(UserError, match=r"outside the folder|cannot be read"):
        fetch_path(str(other.path), "main", "data/photos", tmp_path / "a/b/folder", LARGE, 9)
    assert not list(tmp_path.rglob("evil.png"))


@pytest.mark.parametrize("rev", ["v2", "main"])
def test_a_tag_a_branch_and_a_commit(rev: str, made: OtherRepository, tmp_path: Path) -> None:
    for revision in (rev, made.git("rev-parse", rev)):
        fetch_path(str(made.path), revision, "data/prices.csv", tmp_path / "file", LARGE)
        assert (tmp_path / "file").read_bytes() == SECOND


def test_an_address_has_the_data_on_its_remote_alone(other: OtherRepository, tmp_path: Path) -> None:
    shutil.rmtree(other.path / ".dvc/cache")
    fetch_path(f"file://{other.path}", "v1", "data/prices.csv", tmp_path / "file", LARGE)
    assert (tmp_path / "file").read_bytes() == FIRST


def test_the_other_repository_stays_as_it_is(other: OtherRepository, tmp_path: Path) -> None:
    before = sorted(path for path in other.path.rglob("*") if ".dvc/tmp" not in path.as_posix())
    fetch_path(str(other.path), "v1", "data/prices.csv", tmp_path / "file", LARGE)
    assert sorted(path for path in other.path.rglob("*") if ".dvc/tmp" not in path.as_posix()) == before
    assert other.git("status", "--porcelain") == ""


REFUSED = {
    "no such path": ("v1", "data/price.csv", "no such file at v1; did you mean data/prices.csv?"),
    "no such folder": ("v1", "dat/prices.csv", "no such file at v1"),
    "a folder": ("v1", "parts", "a folder; name one file of it"),
    "no such revision": ("v3", "data/prices.csv", "no commit, tag or branch 'v3'"),
}


@pytest.mark.error_case("files that cannot be read")
@pytest.mark.parametrize(("rev", "path", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(rev: str, path: str, message: str, made: OtherRepository, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="^" + message.replace("?", r"\?")):
        fetch_path(str(made.path), rev, path, tmp_path / "file", LARGE)


def test_a_file_that_is_too_long(made: OtherRepository, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="at most 5 bytes"):
        fetch_path(str(made.path), "v1", "data/prices.csv", tmp_path / "file", 5)


def without_data(other: OtherRepository, remote: str) -> None:
    """Its cache is empty, and its remote is another one."""
    shutil.rmtree(other.path / ".dvc/cache")
    config = other.path / ".dvc/config"
    config.write_text(config.read_text().replace(str(other.remote), remote))


def test_data_that_were_not_pushed(other: OtherRepository, tmp_path: Path) -> None:
    without_data(other, str(tmp_path / "empty"))
    with pytest.raises(UserError, match="run `dvc push` there"):
        fetch_path(str(other.path), "v1", "data/prices.csv", tmp_path / "file", LARGE)


@pytest.mark.parametrize("repo", ["nowhere", "file:///nowhere", "http://127.0.0.1:9/team/registry.git"])
def test_no_such_repository(repo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="no such repository, or no access to it"):
        fetch_path(repo, "v1", "data/prices.csv", tmp_path / "file", LARGE)


def test_a_remote_whose_library_is_not_installed(
    other: OtherRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "dvc_oss", None)
    without_data(other, "oss://bucket/folder")
    with pytest.raises(UserError, match="make setup EXTRAS=oss"):
        fetch_path(str(other.path), "v1", "data/prices.csv", tmp_path / "file", LARGE)
