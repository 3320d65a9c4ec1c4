"""A table has the same results in one block and in many."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.artefacts.raw.raw_data import ColumnPictures, RawData, Table
from stages.core.artefacts.raw.raw_files import read_raw, write_raw
from stages.core.errors import UserError
from stages.validate.expectations.expectation_names import ARGUMENTS
from stages.validate.leakage import near_duplicate_blocks
from stages.validate.params import Validate
from stages.validate.run_validation import ValidationResult, validate

ROWS = 90
RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "number": RNG.normal(size=ROWS).round(1),
        "whole": RNG.integers(0, 40, ROWS),
        "gaps": np.where(np.arange(ROWS) < 40, RNG.integers(0, 5, ROWS), np.nan),
        "text": RNG.choice(["x", "2020", '{"a": 1}'], ROWS),
        "id": [f"id{n // 2}" for n in range(ROWS)],
        "day": pd.date_range("2020-01-01", periods=ROWS),
        "known": RNG.random(ROWS) < 0.5,
        "kind": RNG.choice(["p", "q", "other"], ROWS),
    }
)
FRAME.loc[[3, 80], "text"] = None
FRAME = FRAME.assign(
    scaled=FRAME["number"] * 2 + 1, renamed=FRAME["kind"].str.upper(), maybe=FRAME["known"].astype(object)
)
FRAME.loc[[5, 77], "maybe"] = None
FRAME.loc[[50], "number"] = np.inf
FRAME = pd.concat([FRAME, FRAME.iloc[[2, 2, 70]]], ignore_index=True)
TABLE = Table({"train": FRAME.iloc[:60], "test": FRAME.iloc[60:]}, classes={"kind": ["p", "q"]}, private=["whole"])
VALUES: dict[str, Any] = {
    "column_B": "number",
    "value_set": ["x", "p", 1.0, 2.0, 3],
    "min_value": 0,
    "max_value": 3,
    "value_pairs_set": [[1, 1.0]],
    "quantile_ranges": {"quantiles": [0.1, 0.5, 0.77], "value_ranges": [[0, 5]] * 3},
    "type_": "float64",
    "type_list": ["float64", "str"],
    "value": 2,
    "regex": "x",
    "regex_list": ["x", "y"],
    "json_schema": {"type": "object"},
    "strftime_format": "%Y",
    "sum_total": 3,
    "column_set": ["number"],
    "mostly": 0.6,
    "strictly": True,
    "threshold": 0.7,
    "double_sided": True,
    "partition_object": {"bins": [0, 1.5, 3], "weights": [0.5, 0.5]},
}
Z_SCORES = "expect_column_value_z_scores_to_be_less_than"
OTHER_ARGUMENTS: dict[str, list[dict[str, Any]]] = {
    "expect_column_quantile_values_to_be_between": [{"allow_relative_error": "linear"}],
    Z_SCORES: [{"double_sided": False}, {"threshold": 10}],
    "expect_column_values_to_not_be_outliers": [
        {"multiplier": 0.1},
        {"method": "std", "multiplier": 1},
        {"method": "std", "multiplier": 0},
    ],
    "expect_column_kl_divergence_to_be_less_than": [
        {"tail_weight_holdout": 0.1},
        {"internal_weight_holdout": 0.1, "tail_weight_holdout": 0.1},
        {"partition_object": {"bins": [float("-inf"), 0, 2, float("inf")], "weights": [0.2, 0.3, 0.5]}},
        {"partition_object": {"values": ["p", "x", "q"], "weights": [0.2, 0.3, 0.5]}, "tail_weight_holdout": 0.1},
        {"partition_object": {"values": [0.0, 1.0, 2.0], "weights": [0.2, 0.3, 0.5]}, "tail_weight_holdout": 0.1},
    ],
}


def expectations_of(columns: list[str]) -> list[dict[str, Any]]:
    expectations = []
    for name, arguments in ARGUMENTS.items():
        for column in columns if "column" in arguments[0] else columns[:1]:
            if (name, column) == (Z_SCORES, "day"):
                continue  # see test_z_scores_of_times
            values = VALUES | {"column": column, "column_A": column, "column_list": [column, "gaps", "kind"]}
            used = {argument: values[argument] for argument in arguments if argument in values}
            expectations.append({name: used})
            expectations += [{name: used | more} for more in OTHER_ARGUMENTS.get(name, [])]
    return expectations


@pytest.fixture
def stored(tmp_path: Path) -> Callable[[Table, int], Table]:
    def write(table: Table, block_rows: int) -> Table:
        write_raw(replace(table, block_rows=block_rows), tmp_path / str(block_rows))
        raw: RawData = read_raw(tmp_path / str(block_rows))
        assert isinstance(raw, Table)
        return raw

    return write


def result_of(table: Table, **params: Any) -> ValidationResult:
    off = {"across_splits": "off"}
    return validate(table, Validate.model_validate({"columns": sorted(table.columns), "near_duplicates": off} | params))


def check_equal(one: ValidationResult, many: ValidationResult) -> None:
    for check, other in zip(one.record.results, many.record.results, strict=True):
        if check.problem and check.problem.startswith("cannot be evaluated"):
            assert str(other.problem).startswith("cannot be evaluated"), check
        else:
            assert other == check
    left_out = {"results"}
    assert many.record.model_dump(exclude=left_out) == one.record.model_dump(exclude=left_out)
    assert many.profile == one.profile
    assert len(many.errors) == len(one.errors)


@pytest.mark.parametrize(
    "columns",
    [
        ["number", "text"],
        *(
            pytest.param(pair, marks=pytest.mark.long)
            for pair in (["gaps", "day"], ["known", "whole"], ["id", "maybe"])
        ),
    ],
)
def test_every_expectation(columns: list[str], stored: Callable[[Table, int], Table]) -> None:
    params = {"expectations": expectations_of(columns), "may_be_missing": ["text"]}
    large = stored(TABLE, 17)
    assert large.is_large
    check_equal(result_of(stored(TABLE, 1000), **params), result_of(large, **params))


def test_z_scores_of_times(stored: Callable[[Table, int], Table]) -> None:
    scores = {Z_SCORES: {"column": "day", "threshold": 10, "double_sided": True}}
    result = result_of(stored(TABLE, 17), expectations=[scores])
    [check] = [check for check in result.record.results if check.expectation == Z_SCORES]
    assert check.problem is not None
    assert check.problem.startswith("cannot be evaluated: a column of type datetime64")
    assert check.problem.endswith("in several blocks; a column of numbers is needed")


def test_drift_and_times(stored: Callable[[Table, int], Table]) -> None:
    series = replace(TABLE, kind="series", time="day")
    one, large = stored(series, 1000), stored(series, 7)
    earlier = result_of(replace(series, frames={"all": FRAME.iloc[:40]})).profile
    params = Validate.model_validate({"columns": sorted(one.columns), "longest_gap": 0.5, "drift": {"psi": 0.01}})
    check_equal(validate(one, params, earlier), validate(large, params, earlier))
    assert validate(large, params, earlier).record.drift.drifted


def test_pictures_are_compared_by_their_pixels(stored: Callable[[Table, int], Table]) -> None:
    frame = pd.DataFrame({"path": [f"{n}.png" for n in range(8)], "x": [0, 1] * 4})
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 2, 2, 1)
    pictures = ColumnPictures(pixels, {"all": np.array([0, 1, 2, -1, 0, 1, 2, -1], np.int32)})
    table = Table({"all": frame}, pictures={"path": pictures})
    one, many = result_of(stored(table, 100)), result_of(stored(table, 3))
    assert one.record.duplicates.within_splits == 4
    check_equal(one, many)


def test_what_cannot_be_judged_is_refused_by_name(stored: Callable[[Table, int], Table]) -> None:
    refused = [{"expect_column_kl_divergence_to_be_less_than": {"column": "gaps", "threshold": 1}}]
    with pytest.raises(UserError) as caught:
        result_of(stored(TABLE, 17), expectations=refused)
    assert str(caught.value) == (
        "validate.expectations: expect_column_kl_divergence_to_be_less_than(gaps): without partition_object a column "
        "is compared with itself; give bins or values, and their weights"
    )


@pytest.mark.parametrize("private", [[], ["number", "copied"]])
def test_near_duplicates(private: list[str], stored: Callable[[Table, int], Table]) -> None:
    frame = FRAME.assign(copied=RNG.normal(size=len(FRAME)), number=RNG.normal(size=len(FRAME)))
    similar = frame.iloc[[1, 4, 4, 20]].assign(copied=lambda rows: rows["copied"] + [0.0005, -0.0004, 0.0001, 0.2])
    splits = {"train": frame.iloc[:60], "test": pd.concat([frame.iloc[60:90], similar])}
    table = Table({name: part.reset_index(drop=True) for name, part in splits.items()}, private=private)
    near = {"near_duplicates": {"across_splits": "fail"}}
    one, many = result_of(stored(table, 1000), **near), result_of(stored(table, 7), **near)
    check_equal(one, many)
    assert many.record.near_duplicates.across_splits == 3
    assert [(row.row, row.nearest.row) for row in many.record.near_duplicates.examples] == [(30, 1), (31, 4), (32, 4)]
    assert "near_duplicates: 3 rows are similar to a row of an earlier split" in many.errors[-1]


def test_near_duplicates_that_are_too_many_to_compare(
    stored: Callable[[Table, int], Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_duplicate_blocks, "MAX_PAIRS", 5)
    frame = pd.DataFrame({"a": np.arange(40) % 3 / 1e6, "b": np.arange(40.0) // 20, "c": np.arange(40.0)})
    table = stored(Table({"all": frame.drop(columns="c"), "test": frame[["a", "b"]] + 1e-9}), 17)
    result = result_of(table, near_duplicates={"across_splits": "fail"})
    assert result.record.near_duplicates.not_judged == "too many rows are close in a, b; equal rows are found"
    assert result.errors[-1] == (
        "near_duplicates: not judged: too many rows are close in a, b; equal rows are found; set across_splits to "
        "report or off"
    )


CELLS = st.tuples(
    st.one_of(st.none(), st.sampled_from([0.0, -0.0, 1.5, float("inf")]), st.floats(-1e6, 1e6, allow_nan=False)),
    st.integers(0, 3),
    st.sampled_from(["a", "b", "", None]),
)


TABLES = given(rows=st.lists(CELLS, min_size=3, max_size=25), train=st.integers(1, 20), block_rows=st.integers(1, 6))


@settings(max_examples=5, deadline=None)
@TABLES
def test_random_tables(rows: list[Any], train: int, block_rows: int, tmp_path_factory: Any) -> None:
    check_random_table(rows, train, block_rows, tmp_path_factory.mktemp("random"))


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@TABLES
def test_many_random_tables(rows: list[Any], train: int, block_rows: int, tmp_path_factory: Any) -> None:
    check_random_table(rows, train, block_rows, tmp_path_factory.mktemp("random"))


def check_random_table(rows: list[Any], train: int, block_rows: int, folder: Path) -> None:
    frame = pd.DataFrame(rows, columns=["number", "whole", "text"]).astype({"number": float, "text": "str"})
    frame = frame.assign(twice=frame["whole"] * 2, other=frame["text"].map({"a": "b", "b": "a", "": "c"}).astype("str"))
    table = Table({"train": frame.iloc[:train], "test": frame.iloc[train:]}, classes={"text": ["a"]})
    write_raw(replace(table, block_rows=block_rows), folder)
    many = read_raw(folder)
    assert isinstance(many, Table)
    check_equal(result_of(table), result_of(many))
