"""The page, the table and the record of measurements made up by hand."""

import re
from typing import Any

from benchmarks.cases import Case, SideName
from benchmarks.compare_sides import Comparison, ShareOfLimit, SideMeasurement, comparison_record
from benchmarks.machine_description import Machine
from benchmarks.results.results_page import render_page
from benchmarks.results.results_table import table_header, table_row

MACHINE = Machine(cores=2, gemm=1e9, copy=2e9, versions={"numpy": "1.0"})
# One product forward and one backward, of two operations per weight: 2e9 operations an epoch, in two steps.
CASE = Case("by hand", rows=500_000, batch_size=250_000, widths=(1000, 1))
PARAMETERS = 25_000_000


def compare(tutorial: list[float], ours: list[float], case: Case = CASE, **more: Any) -> Comparison:
    seconds: dict[SideName, list[float]] = {"tutorial": tutorial, "ours": ours}
    sides = {side: SideMeasurement(s, 800_000_000, 4000, PARAMETERS, **more) for side, s in seconds.items()}
    return Comparison(case, "iris", sides)


def bar_widths(html: str) -> list[tuple[str, str]]:
    return re.findall(r'class="bar (\w+)" style="width: ([\d.]+)%"', html)


def test_bars_are_proportional_to_their_values() -> None:
    html = render_page([compare([8.0], [2.0])], MACHINE, quick=False)
    assert bar_widths(html)[:2] == [("tutorial", "100.0"), ("ours", "25.0")]
    assert "4 times as fast (4 to 4)" in html
    assert "quick run" not in html


def test_slower_side_has_the_longer_bar() -> None:
    html = render_page([compare([1.0], [4.0])], MACHINE, quick=True)
    assert bar_widths(html)[:2] == [("tutorial", "25.0"), ("ours", "100.0")]
    assert "0.25 times as fast" in html
    assert "quick run" in html


def test_share_of_limit_by_hand() -> None:
    """Of 8 and 4 seconds, 2 are needed for the products, and 0.7 for two steps of 7 passes over 100 MB."""
    comparison = compare([8.0], [4.0])
    assert comparison.share_of_limit("tutorial", MACHINE) == ShareOfLimit(products=0.25, optimizer=0.0875)
    assert comparison.share_of_limit("ours", MACHINE) == ShareOfLimit(products=0.5, optimizer=0.175)
    assert "25% + 8.75% / 50% + 17.5%" in table_row(comparison, MACHINE)
    assert comparison_record(comparison, MACHINE)["ours"]["share_of_limit"] == {"products": 0.5, "optimizer": 0.175}
    assert "67.5%" in render_page([comparison], MACHINE, quick=False)


def test_uncounted_operations_are_a_dash() -> None:
    comparison = compare([8.0], [4.0], Case("a line", rows=10))
    assert "- / -" in table_row(comparison, MACHINE)
    assert "share of limit" not in render_page([comparison], MACHINE, quick=False)
    assert comparison_record(comparison, MACHINE)["ours"]["share_of_limit"] is None


def test_table_row() -> None:
    row = table_row(compare([8.0, 8.0], [0.002, 0.002], whole_run_seconds=[3.0]), MACHINE)
    assert re.split(r"\s{2,}", row) == [
        "iris",
        "4,000",
        "4,000 to 4,000",
        "8 s / 2 ms",
        "800 MB / 800 MB",
        "0.004 MB / 0.004 MB",
        "25% + 8.75% / 100,000% + 35,000%",
        "1",
    ]


def test_columns_are_aligned_with_the_header() -> None:
    first, second = table_header().splitlines()
    assert len(first) == len(second) == len(table_row(compare([8.0], [4.0]), MACHINE))
