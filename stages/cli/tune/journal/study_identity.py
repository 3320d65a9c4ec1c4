"""What a study depends on: a change of any part starts a new study."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import stages
from stages.cli.tune.study import Range
from stages.core import paths
from stages.core.artefacts.raw.raw_files import META
from stages.core.artefacts.records.record import Record
from stages.core.files.atomic_write import json_text
from stages.core.runtime.library_versions import installed_versions

# The code that decides which values a trial has. That of page and apply does not.
CODE = (
    "core",
    "preprocess",
    "train",
    "evaluate",
    "inference",
    "cli/tune/objective.py",
    "cli/tune/run_rounds.py",
    "cli/tune/search",
    "cli/tune/trials",
    "cli/tune/workers",
)
LIBRARIES = ("keras", "numpy", "optuna", "pandas", "scikit-learn", "tensorflow")


class StudyIdentity(Record):
    """A digest of each part."""

    ranges: str
    parameters: str
    data: str
    code: str
    seed: int

    @property
    def folder_name(self) -> str:
        return _digest(self.model_dump_json())

    def changed_parts(self, other: "StudyIdentity") -> list[str]:
        """The names of the parts that differ."""
        mine, others = self.model_dump(), other.model_dump()
        return [name for name in mine if mine[name] != others[name]]


def study_identity(
    ranges: Mapping[str, Range], sections: Mapping[str, Any], raw: Path, own_code: Iterable[Path], seed: int
) -> StudyIdentity:
    """`sections` are the parameters of preprocess, train and evaluate; `own_code` the user's files in conf/models.

    The meta.json of raw data has the hashes of its files.
    """
    return StudyIdentity(
        # The order of the ranges is that in which numbers are drawn.
        ranges=_digest(json_text({"ranges": [[path, each.model_dump()] for path, each in ranges.items()]})),
        parameters=_digest(json_text(sections)),
        data=_digest((raw / META).read_text(encoding="utf-8")),
        code=code_digest(own_code),
        seed=seed,
    )


def code_digest(own_code: Iterable[Path]) -> str:
    root = Path(stages.__file__).parent
    files = [file for name in CODE for file in _python_files(root / name)]
    named = [(str(file.relative_to(root)), file) for file in files] + [(str(file), file) for file in own_code]
    digests = {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in named if file.is_file()}
    return _digest(json_text({"files": digests, "versions": installed_versions(*LIBRARIES)}))


def own_code_files() -> list[Path]:
    """All Python files in conf/models: a choice may name one that conf/ does not use."""
    return sorted(paths.MODEL_FILES.glob("*.py"))


def _python_files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
