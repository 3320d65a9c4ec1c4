"""A training that was ended from outside goes on where it was.

What it had come to is noted beside DVC's own notes, outside every output, under a name made of all that decides the
result: parameters, data, code and libraries. Whatever is found there is therefore what would be computed again.
"""

import hashlib
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from stages.core.runtime.installed_versions import versions
from stages.train.params import Train

Arrays = list[NDArray[Any]]
# Seconds of work that may be lost.
EVERY = 10.0
_CODE = Path(__file__).parents[2]


@dataclass
class Note:
    """Of one training: its variables and the figures of its epochs so far, a row each."""

    path: Path
    begun: float = field(default_factory=time.monotonic)
    written: float = field(default_factory=time.monotonic)

    def read(self) -> tuple[Arrays, NDArray[np.float64]] | None:
        if not self.path.is_file():
            return None
        try:
            with np.load(self.path, allow_pickle=False) as found:
                return [found[f"{n}"] for n in range(len(found.files) - 1)], found["history"]
        except (OSError, ValueError, KeyError, BadZipFile):
            print(f"{self.path} cannot be read; this training begins anew", flush=True)
            return None

    def write(self, variables: Arrays, history: Sequence[Sequence[float]]) -> None:
        """Beside its place first: a note is whole or not there."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name(f"{self.path.name}.incomplete")
        with fresh.open("wb") as file:
            np.savez(file, allow_pickle=False, history=np.array(history, np.float64), **_numbered(variables))
        fresh.replace(self.path)
        self.written = time.monotonic()

    @property
    def due(self) -> bool:
        return time.monotonic() - self.written >= EVERY

    @property
    def worth_keeping(self) -> bool:
        """At the end: others may follow, and what took no time is soon done again."""
        return time.monotonic() - self.begun >= EVERY


def _numbered(variables: Arrays) -> dict[str, Any]:
    return {f"{n}": array for n, array in enumerate(variables)}


@dataclass(frozen=True)
class Notes:
    """Of all trainings of a stage: each seed's search and refit."""

    folder: Path

    def of(self, name: str) -> Note:
        return Note(self.folder / f"{name}.npz")

    def forget(self) -> None:
        """All of this dataset: the outputs are there."""
        shutil.rmtree(self.folder.parent, ignore_errors=True)


def notes_of(folder: Path, params: Train, processed: Path) -> Notes:
    """Notes that were made for other parameters, data or code are of no use to anyone."""
    own = folder / _name(params, processed)
    for other in folder.glob("*"):
        if other != own:
            shutil.rmtree(other, ignore_errors=True)
    return Notes(own)


def _name(params: Train, processed: Path) -> str:
    digest = hashlib.sha256(params.model_dump_json().encode())
    digest.update(repr(sorted(versions("keras", "numpy", "tensorflow").items())).encode())
    for file in [*_files(processed, "*"), *_files(_CODE / "train", "*.py"), *_files(_CODE / "core", "*.py")]:
        digest.update(file.name.encode())
        with file.open("rb") as data:
            digest.update(hashlib.file_digest(data, "sha256").digest())
    return digest.hexdigest()[:16]


def _files(folder: Path, pattern: str) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob(pattern)) if file.is_file())
