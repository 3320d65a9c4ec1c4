"""How the parameters are read: those of the suite, of a dataset, and of a stage."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from stages.core import paths
from stages.core.errors import UserError, closest_match
from stages.core.parameters.read_yaml import read_yaml_mapping
from stages.core.parameters.validation_errors import parameter_errors, type_adapter

MAX_PARAMS_BYTES = 8_000_000
# Ten times those of 200 datasets.
MAX_PARAMS_VALUES = 300_000
Sections = dict[str, dict[str, Any]]


def read_params(path: Path = paths.PARAMS) -> dict[str, Any]:
    """params.yaml of the whole suite, for the guard and for commands. Stages read `stage_params`."""
    command = "run `restage compose`"
    return read_yaml_mapping(
        path,
        "datasets",
        solution_if_absent=command,
        solution_if_damaged=command,
        max_bytes=MAX_PARAMS_BYTES,
        max_values=MAX_PARAMS_VALUES,
    )


def read_dataset_params(key: str) -> Sections:
    """All parameters of one dataset by stage, as the guard wrote them.

    Raises UserError if the guard wrote no file for this dataset, or if the file is damaged.
    """
    path = paths.dataset_params(key)
    try:
        sections: Sections = type_adapter(Sections).validate_json(path.read_bytes())
    except FileNotFoundError:
        close = closest_match(key, sorted(file.stem for file in paths.DATASET_PARAMS.glob("*.json")))
        hint = f"; did you mean {close}?" if close else ""
        raise UserError(f"{path}: not found; run `dvc repro guard`{hint}") from None
    except ValidationError as error:
        problem = parameter_errors(Sections, error)[0]
        raise UserError(f"{path}: damaged ({problem}); run `dvc repro --force guard`") from None
    return sections


def stage_params(kind: Any, key: str, stage: str) -> Any:
    """The parameters of one stage, as an instance of `kind`.

    Raises UserError with all errors and their keys in params.yaml, which is where a person looks for them.
    """
    section = read_dataset_params(key).get(stage, {})
    try:
        return type_adapter(kind).validate_python(section)
    except ValidationError as error:
        errors = parameter_errors(kind, error, ("datasets", key, stage))
        raise UserError(*(f"{paths.PARAMS}: {e}" for e in errors)) from None
