"""DVC's own copy of a file. DVC hands a damaged one out without a word, and never writes it anew while it is there."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

LOCK = Path("dvc.lock")
CACHE = Path(".dvc/cache/files/md5")
FOLDER = ".dir"


def damaged_copy(file: Path) -> Path | None:
    """The object in the cache that should be this file's content and is not; unknown where the cache is elsewhere."""
    for digest in _recorded(file):
        kept = _object(digest)
        if kept.is_file() and hashlib.md5(kept.read_bytes(), usedforsecurity=False).hexdigest() != digest:
            return kept
    return None


def _recorded(file: Path) -> Iterator[str]:
    """What dvc.lock has for the file, or for a folder that it lies in."""
    for out in _outputs():
        place, digest = Path(out["path"]), str(out.get("md5", ""))
        if place == file:
            yield digest
        elif place in file.parents and digest.endswith(FOLDER):
            listed = _listed(_object(digest))
            yield from (e["md5"] for e in listed if place / e["relpath"] == file)


def _outputs() -> list[dict[str, Any]]:
    if not LOCK.is_file():
        return []
    stages = yaml.load(LOCK.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["stages"]
    return [out for stage in stages.values() for out in stage.get("outs", [])]


def _listed(folder: Path) -> list[dict[str, str]]:
    if not folder.is_file():
        return []
    listed: list[dict[str, str]] = json.loads(folder.read_bytes())
    return listed


def _object(digest: str) -> Path:
    return CACHE / digest[:2] / digest[2:]
