"""The figures as lines for a terminal, each as soon as its case is measured."""

from collections.abc import Iterable, Sequence

from benchmarks.cases import SIDES
from benchmarks.compare_sides import Compared, Limit
from benchmarks.machine_description import Machine
from benchmarks.number_format import duration, megabytes, percent, short
from benchmarks.ratio_statistics import Ratio

WIDTHS = (12, 9, 20, 21, 24, 28, 36, 12)
COLUMNS = (
    "case",
    "times",
    "between",
    "an epoch",
    "peak memory",
    "prepared data",
    "limit: products + optimizer",
    "whole run",
)
PAIRS = "tutorial / ours"


def header() -> str:
    return f"{_line(COLUMNS)}\n{_line(('', 'as fast', 'quartiles', *[PAIRS] * 4, 'as fast'))}"


def row(compared: Compared, machine: Machine) -> str:
    sides, found = [compared.sides[side] for side in SIDES], compared.ratio
    return _line(
        (
            compared.name,
            short(found.middle),
            f"{short(found.low)} to {short(found.high)}",
            _pair(duration(side.usual) for side in sides),
            _pair(megabytes(side.peak) for side in sides),
            _pair(megabytes(side.stored) for side in sides),
            _pair(_limit(compared.limit(side, machine)) for side in SIDES),
            _cold(compared.cold),
        )
    )


def _limit(found: Limit | None) -> str:
    """
    >>> _limit(Limit(products=0.5, optimizer=0.25)), _limit(None)
    ('50% + 25%', '-')
    """
    return "-" if found is None else f"{percent(found.products)} + {percent(found.optimizer)}"


def _pair(texts: Iterable[str]) -> str:
    return " / ".join(texts)


def _cold(found: Ratio | None) -> str:
    return "-" if found is None else short(found.middle)


def _line(cells: Sequence[str]) -> str:
    first, *others = cells
    return f"{first:<{WIDTHS[0]}}" + "".join(f"{cell:>{w}}" for cell, w in zip(others, WIDTHS[1:], strict=True))
