"""What a check found. Only the standard library is imported: this must work where packages are missing."""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from stages.core.errors import UserError

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
_STEP = 1024


class Level(StrEnum):
    """A warning can be right as it is; a problem makes a command fail or a result wrong."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Finding(NamedTuple):
    """`solution` is the command that helps, or what to do; empty if nothing has to be done."""

    level: Level
    found: str
    solution: str = ""


def ok(found: str) -> Finding:
    return Finding(Level.OK, found)


def warning(found: str, solution: str) -> Finding:
    return Finding(Level.WARNING, found, solution)


def problem(found: str, solution: str = "") -> Finding:
    """A message of a UserError has its solution in it."""
    return Finding(Level.PROBLEM, found, solution)


def problem_if_refused(check: Callable[[], object], passed: str) -> Finding:
    """The messages of the UserError that `check` raises, or else `passed`."""
    try:
        check()
    except UserError as error:
        return problem("; ".join(error.messages))
    return ok(passed)


def format_bytes(size: float) -> str:
    """
    >>> format_bytes(512), format_bytes(3 * 1024**2)
    ('512 bytes', '3.0 MiB')
    """
    unit = 0
    while size >= _STEP and unit < len(_UNITS) - 1:
        size, unit = size / _STEP, unit + 1
    return f"{size:.1f} {_UNITS[unit]}" if unit else f"{size:.0f} {_UNITS[0]}"
