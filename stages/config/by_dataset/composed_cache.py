"""Keeps what each dataset composed to, for as long as the content of all files that were read for it stays the same."""

import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import stages
from stages.config.by_dataset.compose_dataset import ComposedDataset
from stages.config.by_dataset.file_digests import FileDigests
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_text
from stages.core.paths import CONF

_DVC = Path(".dvc")
KEPT = _DVC / "tmp/restage/composed_datasets.json"
# The code that composes, and the libraries.
_CODE = ("config", "core")
_PACKAGES = ("hydra-core", "omegaconf", "PyYAML")


class ComposedCache:
    """The file is of one clone, and of its conf/. A damaged one is ignored."""

    def __init__(self, conf: Path, digests: FileDigests) -> None:
        self._digests = digests
        self._is_used = conf == CONF and _DVC.is_dir()
        self._read = _read_entries() if self._is_used else {}
        self._kept: dict[str, dict[str, Any]] = {}

    def find(self, key: str, description: str) -> ComposedDataset | None:
        """`description` is what the shared files have of the dataset."""
        entry = self._read.get(key)
        if entry is None or entry["shared"] != _digest(description):
            return None
        if any(self._digests.of(path) != digest for path, digest in entry["files"].items()):
            return None
        found = entry["composed"]
        place = (found["place"][0], found["place"][1]) if found["place"] is not None else None
        return ComposedDataset(
            params=found["params"],
            choices=found["choices"],
            place=place,
            text=found["text"],
            files=tuple(found["files"]),
        )

    def keep(self, key: str, description: str, composed: ComposedDataset) -> None:
        if _is_json(composed.params):
            files = {path: self._digests.of(path) for path in composed.files}
            entry = {"shared": _digest(description), "files": files, "composed": asdict(composed)}
            # As JSON gives it back: it is compared with what was read.
            self._kept[key] = json.loads(json.dumps(entry))

    def write(self) -> None:
        """Nothing is kept if a file changed meanwhile: it is not known which content was composed."""
        if not self._is_used or self._kept == self._read or not self._digests.are_still_true():
            return
        content = {"code": _code_digest(), "datasets": self._kept}
        with suppress(UserError):  # the disk is full: all is composed again the next time
            write_text(KEPT, json.dumps(content, separators=(",", ":")))


def _read_entries() -> dict[str, dict[str, Any]]:
    try:
        content = json.loads(KEPT.read_bytes())
        if content["code"] == _code_digest():
            return dict(content["datasets"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return {}


@cache
def _code_digest() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for package in _PACKAGES:
        digest.update(f"{package} {version(package)}\n".encode())
    for file in _code_files():
        digest.update(f"{file.name} ".encode() + file.read_bytes())
    return digest.hexdigest()


def _code_files() -> Iterator[Path]:
    for folder in _CODE:
        yield from sorted(Path(stages.__path__[0], folder).rglob("*.py"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _is_json(value: object) -> bool:
    """Whether JSON gives back the same value: it has texts as keys alone, and no bytes."""
    if isinstance(value, dict):
        return all(type(key) is str and _is_json(part) for key, part in value.items())
    if isinstance(value, list):
        return all(map(_is_json, value))
    return value is None or type(value) in (str, int, float, bool)
