"""The values of one column in some rows, whatever the format that they were written in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from stages.core.parameters.validation_errors import format_value
from stages.inference.new_rows.raw_rows import RawValues


@dataclass(frozen=True)
class ReadValues:
    """`wrong` says what is wrong, by position. Where a value is wrong, `values` has any value."""

    values: RawValues
    wrong: Mapping[int, str] = field(default_factory=dict)


class ValueReader(Protocol):
    """Reads the values of one column. They are texts, or values of a format that knows types, None for a gap."""

    def __call__(self, values: Sequence[Any]) -> ReadValues: ...


def objects(values: Sequence[Any]) -> NDArray[Any]:
    """
    >>> objects(["a", None])
    array(['a', None], dtype=object)
    """
    found = np.empty(len(values), object)
    found[:] = values
    return found


def without_missing(values: Sequence[Any], missing: Collection[str]) -> list[Any]:
    """The values, with None in place of texts that stand for a gap."""
    return [None if isinstance(value, str) and value in missing else value for value in values]


def describe(value: Any) -> str:
    """The value in a message, shortened."""
    return format_value(value)
