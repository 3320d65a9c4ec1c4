"""DVC's own copy of a file. DVC hands a damaged one out without a word, and never writes it anew while it is there."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stages.core.read_yaml import read_yaml_mapping

LOCK = Path("dvc.lock")
CACHE = Path(".dvc/cache/files/md5")
FOLDER = ".dir"


def damaged_cache_object(file: Path) -> Path | None:
    """The object in the cache that should be this file's content and is not; unknown where the cache is elsewhere."""
    for digest in _recorded(file):
        kept = _object(digest)
        if kept.is_file() and md5_of_file(kept) != digest:
            return kept
    return None


def read_lock_file(repository: Path = Path()) -> dict[str, Any]:
    """What dvc.lock has; nothing where no stage has ended yet."""
    lock = repository / LOCK
    if not lock.is_file():
        return {}
    mend = f"run `git checkout {LOCK}`"
    stages: dict[str, Any] = read_yaml_mapping(lock, "stages", absent=mend, damaged=mend)["stages"]
    return stages


def md5_of_file(file: Path) -> str:
    """As DVC names objects."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _recorded(file: Path) -> Iterator[str]:
    """What dvc.lock has for the file, or for a folder that it lies in."""
    for out in (out for stage in read_lock_file().values() for out in stage.get("outs", [])):
        place, digest = Path(out["path"]), str(out.get("md5", ""))
        if place == file:
            yield digest
        elif place in file.parents and digest.endswith(FOLDER):
            listed = _listed(_object(digest))
            yield from (e["md5"] for e in listed if place / e["relpath"] == file)


def _listed(folder: Path) -> list[dict[str, str]]:
    if not folder.is_file():
        return []
    listed: list[dict[str, str]] = json.loads(folder.read_bytes())
    return listed


def _object(digest: str) -> Path:
    return CACHE / digest[:2] / digest[2:]
