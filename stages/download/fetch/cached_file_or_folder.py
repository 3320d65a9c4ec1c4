"""Files and folders in the cache of downloads that arrive as a whole. Their names there have the expected hash."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from stages.core.artefacts.raw.raw_files import sha256_of
from stages.core.errors import UserError
from stages.core.files.atomic_write import remove, write_beside
from stages.download.fetch.cached_download import locked_partial_file
from stages.download.fetch.checksums import raise_if_different
from stages.download.formats.pictures.folder_hash import folder_hash, hash_folder


@dataclass(frozen=True)
class CachedData:
    """`sha256_by_path` has the hash of each file if `path` is a folder."""

    path: Path
    sha256: str
    sha256_by_path: Mapping[str, str] | None = None


def cached_file_or_folder(cache: Path, sha256: str, fetch: Callable[[Path], None]) -> CachedData:
    """The file or folder with this hash. If the cache does not have it, `fetch` writes it to the path that it is given.

    What is in the cache is verified again. If it is damaged, it is fetched again.
    """
    found = _find(cache, sha256)
    if found is None:
        with locked_partial_file(cache / sha256):
            # Another process may have fetched it while this one waited for the lock.
            found = _find(cache, sha256) or _fetch_verified(cache, sha256, fetch)
    return found


def move_into_cache(path: Path, cache: Path) -> CachedData:
    """Give a file or folder beside the cached ones the name of its hash."""
    hashed = _hash(path)
    with locked_partial_file(cache / hashed.sha256):
        return _find(cache, hashed.sha256) or _rename(hashed, cache)


def _fetch_verified(cache: Path, sha256: str, fetch: Callable[[Path], None]) -> CachedData:
    folder = _cached_folder(cache, sha256)
    with write_beside(folder) as incomplete:
        fetch(incomplete)
        fetched = _hash(incomplete)
        raise_if_different(fetched.sha256, sha256)
    return _rename(fetched, cache)


def _find(cache: Path, sha256: str) -> CachedData | None:
    for path in (cache / sha256, _cached_folder(cache, sha256)):
        with suppress(UserError, FileNotFoundError):
            found = _hash(path)
            if found.sha256 == sha256:
                return found
    return None


def _hash(path: Path) -> CachedData:
    if not path.is_dir():
        return CachedData(path, sha256_of(path))
    sha256_by_path = hash_folder(path)
    return CachedData(path, folder_hash(sha256_by_path), sha256_by_path)


def _rename(data: CachedData, cache: Path) -> CachedData:
    is_folder = data.sha256_by_path is not None
    target = _cached_folder(cache, data.sha256) if is_folder else cache / data.sha256
    if is_folder:
        remove(target)  # a damaged one; os.replace replaces empty folders alone
    return replace(data, path=data.path.replace(target))


def _cached_folder(cache: Path, sha256: str) -> Path:
    return cache / f"folder-{sha256}"
