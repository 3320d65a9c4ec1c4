"""Checkpoints, from which a training that was interrupted resumes.

They are kept outside every stage output, in a folder named by a hash of everything that decides the result:
parameters, data, code and versions of libraries. So a checkpoint in that folder is what the training would compute
again.
"""

import hashlib
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from stages.core.runtime.library_versions import installed_versions
from stages.train.params import Train

Arrays = list[NDArray[Any]]
# An interruption loses at most about this many seconds of work.
SAVE_INTERVAL = 10.0
_STAGES = Path(__file__).parents[2]


@dataclass
class TrainingCheckpoint:
    """The file of one training: the values of its variables, and the metrics of its epochs so far, a row each."""

    path: Path
    started: float = field(default_factory=time.monotonic)
    saved: float = field(default_factory=time.monotonic)

    def load(self) -> tuple[Arrays, NDArray[np.float64]] | None:
        """Return variables and history, or nothing where there is no readable file."""
        if not self.path.is_file():
            return None
        try:
            with np.load(self.path, allow_pickle=False) as file:
                return [file[f"{n}"] for n in range(len(file.files) - 1)], file["history"]
        except (OSError, ValueError, KeyError, BadZipFile):
            print(f"cannot read the checkpoint {self.path}; training starts from the beginning", flush=True)
            return None

    def save(self, variables: Arrays, history: Sequence[Sequence[float]]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_name(f"{self.path.name}.incomplete")
        arrays: dict[str, Any] = {f"{n}": array for n, array in enumerate(variables)}
        with temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, history=np.array(history, np.float64), **arrays)
        # Renaming is atomic: the file is complete or absent.
        temporary.replace(self.path)
        self.saved = time.monotonic()

    @property
    def is_due(self) -> bool:
        return time.monotonic() - self.saved >= SAVE_INTERVAL

    @property
    def took_long(self) -> bool:
        """Whether repeating the whole training would cost more than an interruption may."""
        return time.monotonic() - self.started >= SAVE_INTERVAL


def checkpoint_folder(folder: Path, params: Train, processed: Path, own_code: Path) -> Path:
    """Return the folder in `folder` for these parameters, data and code, and delete those for any others."""
    digest = hashlib.sha256(params.model_dump_json().encode())
    digest.update(repr(sorted(installed_versions("keras", "numpy", "tensorflow").items())).encode())
    code = ((tree, "*.py") for tree in (own_code, _STAGES / "train", _STAGES / "core"))
    for tree, pattern in ((processed, "*"), *code):
        for path in sorted(path for path in tree.rglob(pattern) if path.is_file()):
            digest.update(path.name.encode())
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    current = folder / digest.hexdigest()[:16]
    for other in folder.glob("*"):
        if other != current:
            shutil.rmtree(other, ignore_errors=True)
    return current
