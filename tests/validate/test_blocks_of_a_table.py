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
from stages.validate.expectations.measure_blocks import REFUSED
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
}


def expectations_of(columns: list[str]) -> list[dict[str, Any]]:
    expectations = []
    for name, arguments in ARGUMENTS.items():
        for column in columns if "column" in arguments[0] else columns[:1]:
            values = VALUES | {"column": column, "column_A": column, "column_list": [column, "gaps", "kind"]}
            used = {argument: values[argument] for argument in arguments if argument in values}
            expectations.append({name: used})
            if "allow_relative_error" in arguments:
                expectations.append({name: used | {"allow_relative_error": "linear"}})
    return [expectation for expectation in expectations if REFUSED.isdisjoint(expectation)]


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


def test_what_needs_all_rows_is_refused_by_name(stored: Callable[[Table, int], Table]) -> None:
    refused = [
        {"expect_column_value_z_scores_to_be_less_than": {"column": "number", "threshold": 3, "double_sided": True}},
        {"expect_column_values_to_not_be_outliers": {"column": "gaps", "method": "iqr", "multiplier": 1.5}},
    ]
    with pytest.raises(UserError) as caught:
        result_of(stored(TABLE, 17), expectations=refused, near_duplicates={"across_splits": "fail"})
    assert [message.split(" needs")[0] for message in caught.value.messages] == [
        "validate.expectations: expect_column_value_z_scores_to_be_less_than(number)",
        "validate.expectations: expect_column_values_to_not_be_outliers(gaps)",
        "validate.near_duplicates.across_splits: fail",
    ]


def test_near_duplicates_that_are_not_searched_say_so(stored: Callable[[Table, int], Table]) -> None:
    near = result_of(stored(TABLE, 17), near_duplicates={"across_splits": "report"}).record.near_duplicates
    assert (near.across_splits, near.within_splits) == (None, None)
    assert near.not_judged == "the table has more than one block of rows; equal rows are found"
    in_memory = result_of(TABLE, near_duplicates={"across_splits": "report"}).record.near_duplicates
    assert "not_judged" not in in_memory.model_dump()


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
