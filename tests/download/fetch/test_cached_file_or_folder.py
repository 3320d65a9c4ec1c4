"""Files and folders in the cache of downloads: verified each time, and complete or absent."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.download.fetch.cached_file_or_folder import cached_file_or_folder, move_into_cache
from stages.download.formats.pictures.folder_hash import folder_hash
from tests.download.sample_files import ZERO_HASH, sha256

CONTENTS = {"cats/1.png": b"one", "dogs/1.png": b"two"}
HASHES = {path: sha256(content) for path, content in CONTENTS.items()}
FOLDER_HASH = folder_hash(HASHES)


def write_folder(target: Path) -> None:
    for path, content in CONTENTS.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(content)


def write_file(target: Path) -> None:
    target.write_bytes(b"one")


def not_asked(target: Path) -> None:
    raise AssertionError(target)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_is_fetched_once(tmp_path: Path) -> None:
    fetched = cached_file_or_folder(tmp_path, FOLDER_HASH, write_folder)
    assert fetched == cached_file_or_folder(tmp_path, FOLDER_HASH, not_asked)
    assert fetched.sha256_by_path == HASHES
    assert (fetched.path / "dogs/1.png").read_bytes() == b"two"
    assert names(tmp_path) == [fetched.path.name]


def test_a_file_is_fetched_once(tmp_path: Path) -> None:
    fetched = cached_file_or_folder(tmp_path, sha256(b"one"), write_file)
    assert fetched == cached_file_or_folder(tmp_path, sha256(b"one"), not_asked)
    assert fetched.sha256_by_path is None
    assert names(tmp_path) == [sha256(b"one")]


@pytest.mark.parametrize("fetch", [write_file, write_folder])
def test_other_content_is_not_kept(fetch, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"wrong content: expected sha256 {ZERO_HASH}"):
        cached_file_or_folder(tmp_path, ZERO_HASH, fetch)
    assert names(tmp_path) == []


def test_nothing_is_kept_of_a_fetch_that_fails(tmp_path: Path) -> None:
    def fail(target: Path) -> None:
        write_folder(target)
        raise UserError("no connection")

    with pytest.raises(UserError, match="no connection"):
        cached_file_or_folder(tmp_path, FOLDER_HASH, fail)
    assert names(tmp_path) == []


def test_what_a_killed_process_left_is_no_part_of_the_folder(tmp_path: Path) -> None:
    left = tmp_path / f"folder-{FOLDER_HASH}.incomplete"
    left.mkdir()
    (left / "3.png").write_bytes(b"three")
    assert cached_file_or_folder(tmp_path, FOLDER_HASH, write_folder).sha256_by_path == HASHES
    assert names(tmp_path) == [f"folder-{FOLDER_HASH}"]


def test_a_damaged_file_is_fetched_again(tmp_path: Path) -> None:
    cached = cached_file_or_folder(tmp_path, sha256(b"one"), write_file)
    cached.path.write_bytes(b"on")
    assert cached_file_or_folder(tmp_path, sha256(b"one"), write_file).path.read_bytes() == b"one"


def test_a_link_in_a_cached_folder_is_damage(tmp_path: Path) -> None:
    cached = cached_file_or_folder(tmp_path, FOLDER_HASH, write_folder)
    (cached.path / "more").symlink_to(tmp_path)
    assert cached_file_or_folder(tmp_path, FOLDER_HASH, write_folder) == cached
    assert names(cached.path) == ["cats", "dogs"]


def test_several_processes_fetch_it_once(tmp_path: Path) -> None:
    """A lock belongs to an opened file, so that threads wait for each other as processes do."""
    calls: list[Path] = []

    def fetch(target: Path) -> None:
        calls.append(target)
        write_folder(target)

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(partial(cached_file_or_folder, tmp_path, fetch=fetch), [FOLDER_HASH] * 4))
    assert len(calls) == 1
    assert all(each == found[0] for each in found)


@pytest.mark.parametrize("damaged", [False, True])
def test_a_folder_whose_hash_was_not_known(damaged: bool, tmp_path: Path) -> None:
    if damaged:
        write_folder(tmp_path / f"folder-{FOLDER_HASH}")
        (tmp_path / f"folder-{FOLDER_HASH}/cats/1.png").write_bytes(b"on")
    write_folder(tmp_path / "new")
    moved = move_into_cache(tmp_path / "new", tmp_path)
    assert moved.sha256 == FOLDER_HASH
    assert moved == cached_file_or_folder(tmp_path, FOLDER_HASH, not_asked)
