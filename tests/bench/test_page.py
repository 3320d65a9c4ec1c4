"""The page and the table from figures made by hand."""

import re

from stages.bench.comparing import Compared, Measured, record
from stages.bench.machine import Machine
from stages.bench.page import page
from stages.bench.table import header, row

MACHINE = Machine(cores=2, gemm=1e9, copy=2e9, versions={"numpy": "1.0"})


def iris(tutorial, ours, operations=2_000_000_000, **more):
    sides = {"tutorial": tutorial, "ours": ours}
    measured = {s: Measured(seconds, 800_000_000, 4000, 9, **more) for s, seconds in sides.items()}
    return Compared("iris", operations, measured)


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


def test_the_share_of_what_one_thread_can_do():
    """Two thousand million operations in 8 and in 4 seconds, of one thousand million a second."""
    compared = iris([8.0], [4.0])
    assert (compared.share("tutorial", 1e9), compared.share("ours", 1e9)) == (0.25, 0.5)
    assert "25% / 50%" in row(compared, 1e9)


def test_where_operations_are_not_counted_there_is_a_dash():
    compared = iris([8.0], [4.0], operations=0)
    assert "- / -" in row(compared, 1e9)
    assert "of one thread" not in page([compared], MACHINE, quick=False)
    assert record(compared, 1e9)["ours"]["share"] is None


def test_a_row_of_the_table():
    words = row(iris([8.0, 8.0], [0.002, 0.002], cold=[3.0]), 1e9).split("  ")
    assert [w.strip() for w in words if w] == [
        "iris",
        "4,000",
        "4,000 to 4,000",
        "8 s / 2 ms",
        "800 MB / 800 MB",
        "0.004 MB / 0.004 MB",
        "25% / 100,000%",
        "1",
    ]


def test_the_columns_stand_below_their_names():
    first, second = header().splitlines()
    assert len(first) == len(second) == len(row(iris([8.0], [4.0]), 1e9))
