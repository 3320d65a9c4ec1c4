import pandas as pd

from stages.core.artefacts.raw_data import Table
from stages.report.samples.sample_rows import format_row, input_cells, sample_rows
from tests.report.example_datasets import flowers, prices

TWO_SPLITS = Table({"train": pd.DataFrame({"x": [1.5, 2.0]}), "test": pd.DataFrame({"x": [None, 4.0]})})


def test_a_missing_value_is_named() -> None:
    assert format_row(TWO_SPLITS, 2) == {"x": "missing"}


def test_values_of_private_columns_are_not_shown() -> None:
    table = Table({"all": pd.DataFrame({"x": [1.5], "name": ["ann"]})}, private=["name"])
    assert format_row(table, 0) == {"x": "1.5", "name": "private"}


def test_the_decimals_of_numeric_columns_are_aligned() -> None:
    raw = flowers().raw
    assert isinstance(raw, Table)
    table = sample_rows(raw, [0, 1])
    assert table.rows == [["1.50", "setosa"], ["4.25", "versicolor"]]
    assert table.head == [("length", True), ("species", False)]


def test_inputs_are_the_columns_or_the_time_of_a_window() -> None:
    table, series = flowers(), prices()
    assert isinstance(table.raw, Table)
    assert isinstance(series.raw, Table)
    assert input_cells(table.raw, table.processed.fitted, 2) == [("length", "6")]
    assert input_cells(series.raw, series.processed.fitted, 2) == [("day", "2020-02-01")]
