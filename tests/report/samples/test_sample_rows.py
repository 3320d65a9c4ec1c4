import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.raw_data import Table
from stages.report.samples.sample_rows import (
    choose_samples,
    format_cell,
    format_row,
    input_cells,
    locate_row,
    sample_rows,
    text_table,
)
from tests.report.example_datasets import flowers, prices

TWO_SPLITS = Table({"train": pd.DataFrame({"x": [1.5, 2.0]}), "test": pd.DataFrame({"x": [None, 4.0]})})


def test_rows_are_numbered_through_all_splits() -> None:
    assert [locate_row(TWO_SPLITS, row) for row in range(4)] == [("train", 0), ("train", 1), ("test", 0), ("test", 1)]
    with pytest.raises(IndexError):
        locate_row(TWO_SPLITS, 4)


def test_cells_are_text() -> None:
    assert format_row(TWO_SPLITS, 2) == {"x": "missing"}
    assert format_cell(pd.Timestamp("2020-01-02 03:04:05")) == "2020-01-02 03:04:05"


def test_the_decimals_of_numeric_columns_are_aligned() -> None:
    raw = flowers().raw
    assert isinstance(raw, Table)
    table = sample_rows(raw, [0, 1])
    assert table.rows == [["1.50", "setosa"], ["4.25", "versicolor"]]
    assert table.head == [("length", True), ("species", False)]


def test_a_table_with_many_columns_is_transposed() -> None:
    table = text_table([f"c{n}" for n in range(30)], [[str(n) for n in range(30)]] * 2)
    assert table.transposed
    assert len(table.rows) == 30
    assert table.rows[7] == ["c7", "7", "7"]


def test_inputs_are_the_columns_or_the_time_of_a_window() -> None:
    table, series = flowers(), prices()
    assert isinstance(table.raw, Table)
    assert isinstance(series.raw, Table)
    assert input_cells(table.raw, table.processed.fitted, 2) == [("length", "6")]
    assert input_cells(series.raw, series.processed.fitted, 2) == [("day", "2020-02-01")]


def test_samples_are_of_each_class_in_turn() -> None:
    assert choose_samples(12, np.array([0] * 10 + [1, 2]), 5) == [0, 10, 11, 1, 2]
    assert choose_samples(12, None, 1) == [0]
    assert choose_samples(0, None, 5) == []
