"""What a stage's parameters are made of, and how a stage reads its own from params.yaml."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from stages.core.errors import UserError, suggest
from stages.core.paths import PARAMS
from stages.core.read_yaml import read_yaml_mapping
from stages.core.validation_errors import EXPECTED_MAPPING, dotted_path, format_value, parameter_errors, type_adapter


@dataclass(frozen=True)
class TextPattern:
    """How a text has to be written: by a pattern for us, in words for whoever wrote it otherwise."""

    pattern: str
    words: str

    def __call__(self, text: str) -> str:
        if not re.fullmatch(self.pattern, text):
            raise ValueError(f"should be {self.words}; received {format_value(text)}")
        return text


class Params(BaseModel):
    """Exact types, finite numbers, no unknown keys, nothing changed after it was read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def read_params(path: Path = PARAMS) -> dict[str, Any]:
    """params.yaml as plain data."""
    return read_yaml_mapping(path, "datasets", absent="run `restage compose`", damaged="run `restage compose`")


def dataset_params(key: str, path: Path = PARAMS) -> dict[str, Any]:
    """The part of params.yaml that belongs to one dataset."""
    datasets = read_params(path)["datasets"]
    if key not in datasets:
        raise UserError(f"{path}: no dataset {key!r}; {suggest(key, [str(k) for k in datasets])}")
    section = datasets[key]
    if not isinstance(section, dict):
        raise UserError(
            f"{path}: {dotted_path(('datasets', key))}: {EXPECTED_MAPPING}; received {format_value(section)}"
        )
    return section


def stage_params(kind: Any, key: str, stage: str) -> Any:
    """One stage's slice, typed; every mistake in it at once."""
    section = dataset_params(key)
    try:
        return type_adapter(kind).validate_python(section.get(stage, {}))
    except ValidationError as error:
        at = ("datasets", key, stage)
        raise UserError(*(f"{PARAMS}: {p}" for p in parameter_errors(kind, error, at))) from None
