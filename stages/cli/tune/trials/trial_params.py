"""Reads the parameters of a trial. Its values were checked one by one, and may be wrong together."""

from typing import Any

from pydantic import ValidationError

from stages.core.errors import UserError
from stages.core.parameters.validation_errors import parameter_errors, type_adapter
from stages.preprocess.params import Preprocess
from stages.train.params import Train


def preprocess_params(section: dict[str, Any]) -> Preprocess:
    """Raises UserError with all errors."""
    params: Preprocess = _read(Preprocess, "preprocess", section)
    return params


def train_params(section: dict[str, Any]) -> Train:
    """Raises UserError with all errors."""
    params: Train = _read(Train, "train", section)
    return params


def _read(kind: Any, name: str, section: dict[str, Any]) -> Any:
    try:
        return type_adapter(kind).validate_python(section)
    except ValidationError as error:
        raise UserError(*map(str, parameter_errors(kind, error, (name,)))) from None
