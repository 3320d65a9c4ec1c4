"""Checks ranges by the types of the parameters, before the first trial: every choice and every bound."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field, ValidationError

from stages.cli.tune.ranges.check_paths import check_path, range_error
from stages.cli.tune.ranges.parameter_paths import keys_of_path, with_values
from stages.cli.tune.ranges.read_ranges import WrittenRange
from stages.cli.tune.study import Choices, NumberRange, Range
from stages.cli.tune.yaml_text import value_text
from stages.config.checks.column_names import column_name_errors
from stages.config.checks.positive_class_names import positive_class_parameter_errors
from stages.config.schema import Suite
from stages.core.errors import ErrorList, UserError
from stages.core.parameters.params import Params
from stages.core.parameters.validation_errors import (
    ParameterError,
    dotted_path,
    format_value,
    parameter_errors,
    type_adapter,
)

Sections = Mapping[str, Any]


class _Numbers(Params):
    low: int | float
    high: int | float
    log: bool = False
    step: int | float | None = Field(default=None, gt=0)


def checked_ranges(written: list[WrittenRange], key: str, sections: Sections) -> dict[str, Range]:
    """The ranges by path. `sections` are the dataset's parameters in conf/, with which each value is tried.

    Raises UserError with all errors, each with its file, line and key.
    """
    ranges: dict[str, Range] = {}
    errors, with_path = ErrorList(), list[WrittenRange]()
    for each in written:
        with errors.collect():
            check_path(each, with_path)
            with_path.append(each)
            ranges[each.path] = _checked_range(each, key, sections)
    errors.raise_if_any()
    return ranges


def _checked_range(written: WrittenRange, key: str, sections: Sections) -> Range:
    if "${" in repr(written.content):
        raise range_error(written, f"received {format_value(written.content)}; write the values themselves")
    if isinstance(written.content, list):
        return _choices(written, key, sections)
    if not isinstance(written.content, dict) or not {"low", "high"} & set(written.content):
        raise range_error(
            written, f"should be a list of values, or {{low, high}}; received {format_value(written.content)}"
        )
    return _number_range(written, key, sections)


def _choices(written: WrittenRange, key: str, sections: Sections) -> Choices:
    values = [value_text(value) for value in written.content]
    if len(values) < 2:
        raise range_error(written, f"should have two values or more; received {format_value(written.content)}")
    if len({*values}) < len(values):
        raise range_error(written, f"has a value twice; received {format_value(written.content)}")
    _raise_all(written, [text for value in written.content for text in _value_errors(written, value, key, sections)])
    return Choices(values=values)


def _number_range(written: WrittenRange, key: str, sections: Sections) -> NumberRange:
    try:
        numbers = _Numbers.model_validate(written.content)
    except ValidationError as error:
        found = parameter_errors(_Numbers, error, (written.path,))
        raise UserError(*(f"{written.where}: {each}" for each in found)) from None
    low, high = numbers.low, numbers.high
    if low >= high:
        raise range_error(written, f"low should be below high; received low: {low}, high: {high}")
    if numbers.log and numbers.step is not None:
        raise range_error(written, "log and step exclude each other; keep one of them")
    if numbers.log and low <= 0:
        raise range_error(written, f"log needs a low above 0; received {low}")
    _raise_all(written, [text for bound in (low, high) for text in _value_errors(written, bound, key, sections)])
    whole = all(isinstance(number, int) for number in (low, high, numbers.step or 1))
    # A parameter of whole numbers refuses what lies between two of them.
    is_int = whole and bool(_value_errors(written, low + 0.5, key, sections))
    return NumberRange(kind="int" if is_int else "float", low=low, high=high, log=numbers.log, step=numbers.step)


def _value_errors(written: WrittenRange, value: Any, key: str, sections: Sections) -> list[str]:
    """What is wrong with the dataset's parameters if this one has the value; empty if nothing is."""
    try:
        changed = with_values(sections, {written.path: value})
    except LookupError:
        return [f"{written.path}: not in the parameters of {key}; name a key of a section, or an item that a list has"]
    searched = keys_of_path(written.path)
    return [_message(error, searched, value) for error in dataset_errors(key, changed)]


def dataset_errors(key: str, sections: Sections) -> Iterator[ParameterError]:
    """The errors in the parameters of one dataset, with the keys below the dataset."""
    try:
        suite: Suite = type_adapter(Suite).validate_python({"suite": "one", "datasets": {key: dict(sections)}})
    except ValidationError as error:
        found = parameter_errors(Suite, error)
    else:
        found = [*column_name_errors(suite), *positive_class_parameter_errors(suite)]
    below_dataset = len(("datasets", key))
    yield from (ParameterError(error.keys[below_dataset:], error.text) for error in found)


def _message(error: ParameterError, searched: tuple[str | int, ...], value: Any) -> str:
    """A check of several parameters together names them, and needs the value that it was tried with."""
    own = error.keys[: len(searched)] == searched or "unknown key" in error.text
    return f"{error}" if own else f"{dotted_path(searched)}: with {format_value(value)}: {error}"


def _raise_all(written: WrittenRange, messages: list[str]) -> None:
    if messages:
        raise UserError(*(f"{written.where}: {message}" for message in dict.fromkeys(messages)))
