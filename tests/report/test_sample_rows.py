import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.raw import Table
from stages.report.sample_rows import cell, grid, input_cells, located, row_cells, sample_rows, spread
from tests.report.fakes import flowers, prices

TWO = Table({"train": pd.DataFrame({"x": [1.5, 2.0]}), "test": pd.DataFrame({"x": [None, 4.0]})})


def test_a_row_is_counted_through_the_splits():
    assert [located(TWO, row) for row in range(4)] == [("train", 0), ("train", 1), ("test", 0), ("test", 1)]
    with pytest.raises(IndexError):
        located(TWO, 4)


def test_cells_are_text():
    assert row_cells(TWO, 2) == {"x": "missing"}
    assert cell(pd.Timestamp("2020-01-02 03:04:05")) == "2020-01-02 03:04:05"


def test_figures_are_aligned_and_words_are_not():
    found = sample_rows(flowers().raw, [0, 1])
    assert found.lines == [["1.50", "setosa"], ["4.25", "versicolor"]]
    assert found.head == [("length", True), ("species", False)]


def test_a_wide_table_is_turned():
    head = [f"c{n}" for n in range(30)]
    found = grid(head, [[str(n) for n in range(30)]] * 2)
    assert found.turned
    assert len(found.lines) == 30
    assert found.lines[7] == ["c7", "7", "7"]


def test_an_input_is_told_by_its_columns_and_a_window_by_its_time():
    fake, series = flowers(), prices()
    assert input_cells(fake.raw, fake.processed.fitted, 2) == [("length", "6")]
    assert input_cells(series.raw, series.processed.fitted, 2) == [("day", "2020-02-01")]


def test_every_class_has_its_turn():
    classes = np.array([0] * 10 + [1, 2])
    assert spread(12, classes, 5) == [0, 10, 11, 1, 2]
    assert spread(12, None, 1) == [0]
    assert spread(0, None, 5) == []
