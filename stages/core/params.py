"""What a stage's parameters are made of, and how a stage reads its own from params.yaml."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from stages.core.errors import Mistake, nearest
from stages.core.mappings import read_mapping
from stages.core.paths import PARAMS
from stages.core.problems import NO_MAPPING, adapter, dotted, problems, shown


@dataclass(frozen=True)
class Written:
    """How a text has to be written: by a pattern for us, in words for whoever wrote it otherwise."""

    pattern: str
    words: str

    def __call__(self, text: str) -> str:
        if not re.fullmatch(self.pattern, text):
            raise ValueError(f"should be {self.words}; received {shown(text)}")
        return text


class Params(BaseModel):
    """Exact types, finite numbers, no unknown keys, nothing changed after it was read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def read_params(path: Path = PARAMS) -> dict[str, Any]:
    """params.yaml as plain data."""
    return read_mapping(path, "datasets", absent="run `restage compose`", damaged="run `restage compose`")


def dataset_params(key: str, path: Path = PARAMS) -> dict[str, Any]:
    """The part of params.yaml that belongs to one dataset."""
    datasets = read_params(path)["datasets"]
    if key not in datasets:
        raise Mistake(f"{path}: no dataset {key!r}; {nearest(key, [str(k) for k in datasets])}")
    section = datasets[key]
    if not isinstance(section, dict):
        raise Mistake(f"{path}: {dotted(('datasets', key))}: {NO_MAPPING}; received {shown(section)}")
    return section


def stage_params(kind: Any, key: str, stage: str) -> Any:
    """One stage's slice, typed; every mistake in it at once."""
    section = dataset_params(key)
    try:
        return adapter(kind).validate_python(section.get(stage, {}))
    except ValidationError as error:
        at = ("datasets", key, stage)
        raise Mistake(*(f"{PARAMS}: {p}" for p in problems(kind, error, at))) from None
