"""The page and the table from figures made by hand."""

import re

from benchmarks.cases import Case
from benchmarks.compare_sides import Compared, Limit, Measured, record
from benchmarks.machine_description import Machine
from benchmarks.results_page import page
from benchmarks.results_table import header, row

MACHINE = Machine(cores=2, gemm=1e9, copy=2e9, versions={"numpy": "1.0"})


# One product forward and one backward, two operations a number: two thousand million an epoch, in two steps.
CASE = Case("by hand", rows=500_000, batch=250_000, widths=(1000, 1))


def iris(tutorial, ours, case=CASE, **more):
    sides = {"tutorial": tutorial, "ours": ours}
    measured = {s: Measured(seconds, 800_000_000, 4000, 25_000_000, **more) for s, seconds in sides.items()}
    return Compared(case, "iris", measured)


def widths(html):
    return re.findall(r'class="bar (\w+)" style="width: ([\d.]+)%"', html)


def test_bars_are_as_long_as_their_figures():
    html = page([iris([8.0], [2.0])], MACHINE, quick=False)
    assert widths(html)[:2] == [("tutorial", "100.0"), ("ours", "25.0")]
    assert "4 times as fast (4 to 4)" in html
    assert "quick run" not in html


def test_where_ours_is_slower_its_bar_is_the_longer_one():
    html = page([iris([1.0], [4.0])], MACHINE, quick=True)
    assert widths(html)[:2] == [("tutorial", "25.0"), ("ours", "100.0")]
    assert "0.25 times as fast" in html
    assert "measures nothing" in html


def test_what_one_thread_would_need_at_its_best():
    """Of 8 and 4 seconds: 2 for the products, 0.7 for 2 steps of 7 passes over 100 MB."""
    compared = iris([8.0], [4.0])
    assert compared.limit("tutorial", MACHINE) == Limit(products=0.25, optimizer=0.0875)
    assert compared.limit("ours", MACHINE) == Limit(products=0.5, optimizer=0.175)
    assert "25% + 8.75% / 50% + 17.5%" in row(compared, MACHINE)
    assert record(compared, MACHINE)["ours"]["limit"] == {"products": 0.5, "optimizer": 0.175}
    assert "67.5%" in page([compared], MACHINE, quick=False)


def test_where_operations_are_not_counted_there_is_a_dash():
    compared = iris([8.0], [4.0], Case("a line", rows=10))
    assert "- / -" in row(compared, MACHINE)
    assert "of the limit" not in page([compared], MACHINE, quick=False)
    assert record(compared, MACHINE)["ours"]["limit"] is None


def test_a_row_of_the_table():
    words = row(iris([8.0, 8.0], [0.002, 0.002], cold=[3.0]), MACHINE).split("  ")
    assert [w.strip() for w in words if w] == [
        "iris",
        "4,000",
        "4,000 to 4,000",
        "8 s / 2 ms",
        "800 MB / 800 MB",
        "0.004 MB / 0.004 MB",
        "25% + 8.75% / 100,000% + 35,000%",
        "1",
    ]


def test_the_columns_stand_below_their_names():
    first, second = header().splitlines()
    assert len(first) == len(second) == len(row(iris([8.0], [4.0]), MACHINE))
