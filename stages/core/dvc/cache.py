"""DVC's cache. DVC checks out a damaged object without an error, and never writes it again while it is there."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from stages.core.dvc.lock_file import read_lock_file

CACHE = Path(".dvc/cache/files/md5")
FOLDER_SUFFIX = ".dir"


def find_damaged_cache_object(file: Path) -> Path | None:
    """The cache object of this output file, if its content is damaged; None too if the cache is not in .dvc/cache."""
    for md5 in _recorded_md5s(file):
        cached = _cache_object(md5)
        if cached.is_file() and md5_of_file(cached) != md5:
            return cached
    return None


def md5_of_file(file: Path) -> str:
    """As DVC names objects."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _recorded_md5s(file: Path) -> Iterator[str]:
    """What dvc.lock records for the file, itself an output or in a folder that is one."""
    for out in (out for stage in read_lock_file().values() for out in stage.get("outs", [])):
        path, md5 = Path(out["path"]), str(out.get("md5", ""))
        if path == file:
            yield md5
        elif path in file.parents and md5.endswith(FOLDER_SUFFIX):
            entries = _folder_entries(_cache_object(md5))
            yield from (entry["md5"] for entry in entries if path / entry["relpath"] == file)


def _folder_entries(cache_object: Path) -> list[dict[str, str]]:
    if not cache_object.is_file():
        return []
    entries: list[dict[str, str]] = json.loads(cache_object.read_bytes())
    return entries


def _cache_object(md5: str) -> Path:
    return CACHE / md5[:2] / md5[2:]
