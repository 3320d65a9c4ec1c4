"""Refuses files of conf/ that are too deep or too large. Files that are not YAML are left to the composition."""

from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from pathlib import Path

import yaml

from stages.core.errors import UserError
from stages.core.parameters.validation_errors import EXPECTED_MAPPING, format_value
from stages.core.parameters.yaml_size import size_problem

MAX_VALUES = 10_000
_NULL = ("", "~", "null")


def check_size_limits(files: Iterable[Path]) -> None:
    """Raise UserError for the first file and line over a limit, or that is a single value."""
    for file in files:
        with suppress(yaml.YAMLError, UnicodeDecodeError):
            text = file.read_text(encoding="utf-8")
            if problem := _single_value(text) or size_problem(text, MAX_VALUES):
                raise UserError(f"{file}:{problem[0]}: {problem[1]}")


def _single_value(text: str) -> tuple[int, str] | None:
    # The first two events are the starts of the text and of the document.
    match next(islice(yaml.parse(text, Loader=yaml.CSafeLoader), 2, None), None):
        case yaml.ScalarEvent(value=value, start_mark=mark) if value not in _NULL and mark is not None:
            return mark.line + 1, f"{EXPECTED_MAPPING}; received {format_value(value)}"
    return None
