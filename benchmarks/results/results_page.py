"""The results as one HTML page with bars, which needs no other file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from benchmarks.cases import SIDE_SETTINGS, SIDES, SideName
from benchmarks.compare_sides import Comparison
from benchmarks.machine_description import Machine
from benchmarks.results.number_format import duration, megabytes, percent, three_digits

TEMPLATE = Path(__file__).with_suffix(".html")


@dataclass(frozen=True)
class Bar:
    side: SideName
    width_percent: float
    label: str


@dataclass(frozen=True)
class CaseSection:
    """`bars` are those of each measure."""

    name: str
    description: str
    speedup: str
    bars: dict[str, list[Bar]]


def render_page(comparisons: Sequence[Comparison], machine: Machine, quick: bool) -> str:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATE.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    sections = [_case_section(comparison, machine) for comparison in comparisons]
    template = environment.get_template(TEMPLATE.name)
    return template.render(cases=sections, machine=machine, side_settings=SIDE_SETTINGS, quick=quick)


def _case_section(comparison: Comparison, machine: Machine) -> CaseSection:
    speedup, sides = comparison.speedup, [comparison.sides[side] for side in SIDES]
    bars = {
        "an epoch": _bars([side.median_epoch for side in sides], duration),
        "peak memory": _bars([side.peak_bytes for side in sides], megabytes),
        "prepared data": _bars([side.stored_bytes for side in sides], megabytes),
    }
    # More than 100% if a side uses several threads, or skips products with zero as ours does.
    shares = [comparison.share_of_limit(side, machine) for side in SIDES]
    totals = [share.products + share.optimizer for share in shares if share is not None]
    if totals:
        bars["share of limit"] = _bars(totals, percent)
    if comparison.whole_run_speedup:
        bars["whole run"] = _bars([median(side.whole_run_seconds) for side in sides], duration)
    low, high = three_digits(speedup.low), three_digits(speedup.high)
    text = f"{three_digits(speedup.median)} times as fast ({low} to {high})"
    return CaseSection(comparison.name, comparison.case.description, text, bars)


def _bars(values: Sequence[Any], format_value: Callable[[Any], str]) -> list[Bar]:
    """The bar of the larger value has the full width."""
    largest = max(values) or 1
    return [
        Bar(side, round(100 * value / largest, 2), format_value(value))
        for side, value in zip(SIDES, values, strict=True)
    ]
