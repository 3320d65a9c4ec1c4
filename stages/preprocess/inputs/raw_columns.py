"""The inputs and targets before they are divided and fitted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stages.core.columns.registry import Column


@dataclass(frozen=True)
class RawColumn:
    """One input or target: the kind of column, not fitted yet, and its checked values over all splits."""

    column: Column
    values: Any


@dataclass(frozen=True)
class RawColumns:
    inputs: Mapping[str, RawColumn]
    targets: Mapping[str, RawColumn]
