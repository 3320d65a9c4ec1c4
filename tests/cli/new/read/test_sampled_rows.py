"""The rows from which a dataset is described, and what `restage new` writes for a table of which it holds some."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from stages.cli.new.read import sampled_rows
from stages.cli.new.read.column_totals import ColumnTotals
from stages.cli.new.read.sampled_rows import sample_rows
from stages.core.artefacts.raw import table_blocks
from stages.download.formats.tables.typed_rows import TypedRows, found_column
from tests.cli.new.test_new import error, new, written


def in_parts(table: pa.Table, rows: int) -> TypedRows:
    parts = [table.slice(start, rows) for start in range(0, len(table), rows)]
    columns = {name: found_column(table[name]) for name in table.column_names}
    return TypedRows(columns, len(table), lambda: iter(parts))


@pytest.fixture
def few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampled_rows, "MOST_CELLS", 200)


def numbered(rows: int = 1000) -> pa.Table:
    """The rows 3 and 501 have values of their own."""
    kind = np.where(np.arange(rows) == 501, "rare", "usual")
    return pa.table(
        {"number": np.arange(rows), "kind": kind, "gap": pa.array([None if n == 3 else 0.5 for n in range(rows)])}
    )


@pytest.mark.usefixtures("few_rows")
@pytest.mark.parametrize("rows", [1000, 90, 7])
def test_every_nth_row_and_those_with_values_of_their_own(rows: int) -> None:
    """However the rows are divided into parts."""
    totals: dict[str, ColumnTotals] = {}
    frame = sample_rows(in_parts(numbered(), rows), totals)
    assert frame["number"].is_monotonic_increasing
    regular = [number for number in frame["number"] if number % 16 == 0]
    assert regular == list(range(0, 1000, 16))
    assert {3, 501, 999} <= set(frame["number"])
    assert frame["kind"].value_counts()["rare"] == 1
    assert frame["gap"].isna().sum() == 1
    assert (totals["number"].rows, totals["gap"].missing, totals["number"].high) == (1000, 1, 999)


@pytest.mark.usefixtures("few_rows")
def test_consecutive_rows_are_the_first_ones() -> None:
    totals: dict[str, ColumnTotals] = {}
    frame = sample_rows(in_parts(numbered(), 10), totals, consecutive=True)
    assert frame["number"].tolist() == list(range(70))
    assert totals["number"].high == 999


def test_few_rows_are_all_there() -> None:
    assert len(sample_rows(in_parts(numbered(), 90), {})) == 1000


def trips(rows: int = 3000) -> pd.DataFrame:
    """In order of `month`, with a gap and a rare class in the second half."""
    random = np.random.default_rng(0)
    length = random.normal(10, 2, rows).round(3)
    rare = np.isin(np.arange(rows), range(rows - 40, rows - 20))
    return pd.DataFrame({
        "month": [f"2020-{1 + 12 * n // rows:02}-01" for n in range(rows)],
        "driver": [f"d{n % 40}" for n in range(rows)],
        "length": np.where(np.arange(rows) == rows - 7, np.nan, length),
        "zone": [f"z{n}" for n in random.integers(0, 30, rows)],
        "price": np.where(rare, "free", np.where(length > 10, "high", "low")),
    })  # fmt: skip


@pytest.fixture
def large_from_500_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampled_rows, "MOST_CELLS", 5 * 500)
    monkeypatch.setattr(table_blocks, "BLOCK_CELLS", 5 * 512)
    monkeypatch.setattr(table_blocks, "SMALLEST_BLOCK", 1)


@pytest.mark.usefixtures("large_from_500_rows")
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_gaps_ranges_and_classes_are_those_of_all_rows(suffix: str, clone: Path) -> None:
    name = f"trips.{suffix}"
    trips().to_csv(name, index=False) if suffix == "csv" else trips().to_parquet(name, index=False)
    printed = new(name, "--target", "price")
    assert f"{name}: 3,000 rows, 5 columns" in printed
    assert "a large table: " in printed
    conf = written("trips")
    expected = {name: arguments for each in conf["validate"]["expectations"] for name, arguments in each.items()}
    assert expected["expect_table_row_count_to_be_between"] == {"min_value": 2700}
    assert expected["expect_column_values_to_be_in_set"]["value_set"] == ["free", "high", "low"]
    assert conf["validate"]["may_be_missing"] == ["length"]
    assert conf["preprocess"]["columns"]["month"] == "date"
    assert conf["preprocess"]["columns"]["length"] == {"kind": "number", "missing": "median"}
    assert conf["preprocess"]["split"]["order"] == "stratified"
    assert "# 1 gap\n" in Path("conf/dataset/trips.yaml").read_text()


@pytest.mark.usefixtures("large_from_500_rows")
def test_a_group_of_a_table_of_several_blocks_is_the_key_of_the_split(clone: Path) -> None:
    trips().to_csv("trips.csv", index=False)
    new("trips.csv", "--target", "price", "--group", "driver")
    preprocess = written("trips")["preprocess"]
    assert preprocess["split"] == {"test": 0.2, "validation": 0.16, "order": "hash", "key": "driver", "seed": 0}
    assert preprocess["columns"]["driver"] == "ignore"


@pytest.mark.usefixtures("large_from_500_rows")
def test_messages_have_the_numbers_of_all_rows(clone: Path) -> None:
    frame = trips()
    frame.loc[[1, 2, 5, 2001], "price"] = None
    frame.to_csv("trips.csv", index=False)
    assert "column price: no value in 4 of 3,000 rows; " in error("trips.csv", "--target", "price")


def test_columns_that_are_text_although_most_values_are_numbers(clone: Path) -> None:
    frame = trips(200).assign(tip=[f"{n % 7},5" for n in range(200)], fare=[str(n % 9) for n in range(200)])
    frame.loc[150, "fare"] = "unknown"
    frame.to_csv("trips.csv", index=False)
    printed = new("trips.csv", "--target", "price")
    assert "tip: numbers such as '0,5' are not written as those of the other columns, so the column is text" in printed
    assert "fare: numbers except for 1 of 200 values, so the column is text: row 151 'unknown'; " in printed
    assert "length: numbers" not in printed


def test_codes_with_leading_zeros_are_no_numbers_in_another_notation(clone: Path) -> None:
    trips(200).assign(code=[f"0{n % 9}" for n in range(200)]).to_csv("trips.csv", index=False)
    assert "code: numbers" not in new("trips.csv", "--target", "price")
