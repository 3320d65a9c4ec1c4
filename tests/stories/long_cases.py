"""Cases of a test of which only some run every time."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def long_unless(in_every_run: Collection[str], names: Iterable[str]) -> list[Any]:
    """The names as cases; those that are not in `in_every_run` are marked long."""
    return [name if name in in_every_run else pytest.param(name, marks=pytest.mark.long) for name in names]
