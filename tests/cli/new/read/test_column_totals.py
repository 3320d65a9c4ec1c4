from typing import Any

import pyarrow as pa
import pytest

from stages.cli.new.read import column_totals
from stages.cli.new.read.column_totals import ColumnTotals


def totals_of(*parts: list[Any]) -> tuple[ColumnTotals, list[list[int]]]:
    totals = ColumnTotals()
    kind = pa.chunked_array(parts).type
    return totals, [sorted(set(totals.add(pa.chunked_array([pa.array(part, kind)])))) for part in parts]


def test_numbers() -> None:
    totals, positions = totals_of([2.0, None, 7.5, 2.0], [2.0, 9.0, 3.0], [4.0, float("nan")])
    assert (totals.rows, totals.missing, totals.present) == (9, 2, 7)
    assert (totals.low, totals.low_rows, totals.high, totals.high_rows) == (2.0, 3, 9.0, 1)
    assert totals.counts is None
    # The first of the lowest and the highest number of each part, and the first gap.
    assert positions == [[0, 1, 2], [0, 1], []]


def test_values_are_counted_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    totals, positions = totals_of(["b", None, "a", "b"], ["c", "a", "a"])
    assert totals.counts == {"b": 2, "a": 3, "c": 1}
    assert positions == [[0, 1, 2], [0]]
    monkeypatch.setattr(column_totals, "MOST_COUNTED", 2)
    assert totals_of(["b", "a"], ["c"])[0].counts is None
    assert totals_of(["b", "a", "c"])[0].counts is None


def test_truth_values_and_whole_numbers_are_counted() -> None:
    assert totals_of([True, False, True])[0].counts == {True: 2, False: 1}
    assert totals_of([3, 1, 3])[0].counts == {3: 2, 1: 1}


def test_texts_among_numbers() -> None:
    totals, positions = totals_of(["1.5", "2", None], ["3", "unknown", "1,200.5"], ["x", "y", "z", "4", "5", "6"])
    assert totals.texts_among_numbers == 4
    assert totals.others == [(5, "unknown"), (7, "x"), (8, "y")]
    assert 1 in positions[1]


def test_columns_of_texts_are_no_numbers() -> None:
    assert totals_of(["a", "b", "1"], ["2", "3", "4"])[0].numbers is None
    assert totals_of(["1", "2", "3"], ["a", "b", "c", "d"])[0].texts_among_numbers == 0
