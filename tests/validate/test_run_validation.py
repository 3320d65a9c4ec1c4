from typing import Any

import numpy as np
import pandas as pd

from stages.core.artefacts.raw.raw_data import RawData, Table
from stages.core.artefacts.records.validation import RedundantColumns
from stages.validate.params import Validate
from stages.validate.run_validation import ValidationResult, validate
from tests.validate.raw_data import images, tokens

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 200, (6, 5, 5), np.uint8)
PEOPLE = pd.DataFrame({"height": np.arange(1.0, 21.0), "weight": RNG.permutation(20) * 3.0})
FEET = Table({"all": PEOPLE.assign(feet=PEOPLE["height"] * 3.28084)})
ONE_NEAR = Table({"all": pd.concat([PEOPLE, PEOPLE.iloc[[3]] + 0.001], ignore_index=True)})
NEAR_IMAGES = images(IMAGES, IMAGES[[4]] + np.uint8(20), classes=1)
EQUAL_TEXTS = tokens([[1, 2], [3]], [[3]])


def result_of(raw: RawData, **params: Any) -> ValidationResult:
    columns = {"columns": raw.columns} if isinstance(raw, Table) else {}
    return validate(raw, Validate.model_validate(columns | params))


def only_error(raw: RawData, **params: Any) -> str:
    result = result_of(raw, **params)
    assert not result.record.passed
    [error] = result.errors
    return error


def test_duplicates_across_splits_fail_unless_reported() -> None:
    error = only_error(EQUAL_TEXTS)
    assert error.startswith("duplicates_across_splits: 1 rows")
    assert error.endswith("row 0 of test equals row 1 of train")
    result = result_of(EQUAL_TEXTS, duplicates_across_splits="report")
    assert (result.errors, result.record.duplicates.across_splits) == ([], 1)


def test_near_duplicates_across_splits_are_reported_unless_they_fail() -> None:
    result = result_of(NEAR_IMAGES)
    assert (result.errors, result.record.near_duplicates.across_splits) == ([], 1)
    assert result.record.redundant_columns.pairs == 0
    error = only_error(NEAR_IMAGES, near_duplicates={"across_splits": "fail"})
    assert error.startswith("near_duplicates: 1 rows")
    assert error.endswith("row 0 of test is similar to row 4 of train")


def test_near_duplicates_within_a_split_never_fail() -> None:
    result = result_of(ONE_NEAR, near_duplicates={"across_splits": "fail"})
    assert (result.errors, result.record.near_duplicates.within_splits) == ([], 1)


def test_redundant_columns_are_reported_unless_they_fail() -> None:
    result = result_of(FEET)
    pair = RedundantColumns(columns=("height", "feet"), relation="scaled")
    assert (result.errors, result.record.redundant_columns.examples) == ([], [pair])
    error = only_error(FEET, redundant_columns="fail")
    assert error.startswith("redundant_columns: 'feet' is 'height' on another scale; ")


def test_text_without_words_has_missing_statistics() -> None:
    errors = result_of(tokens([[1, 2], []], [[3]])).errors
    assert any("smallest" in error and "row 1 of train" in error for error in errors)


def test_values_of_private_columns_are_in_no_result() -> None:
    secret = 987654.25
    people = PEOPLE.assign(pay=[secret, np.inf, *range(18)], name=[f"secret {n}" for n in range(20)])
    expectations = [
        {"expect_column_values_to_be_between": {"column": "pay", "max_value": 1}},
        {"expect_column_max_to_be_between": {"column": "pay", "max_value": 1}},
        {"expect_column_values_to_be_in_set": {"column": "name", "value_set": ["x"]}},
        {"expect_column_distinct_values_to_be_in_set": {"column": "name", "value_set": ["x"]}},
        {"expect_column_pair_values_a_to_be_greater_than_b": {"column_A": "height", "column_B": "pay"}},
    ]
    result = result_of(Table({"all": people}, private=["pay", "name"]), expectations=expectations)
    texts = [*result.errors, result.record.model_dump_json(), result.profile.model_dump_json()]
    assert not [text for text in texts if "secret" in text or str(secret) in text]
    assert [column.name for column in result.profile.columns] == ["height", "weight"]
    shown = result_of(Table({"all": people}), expectations=expectations).record.model_dump_json()
    assert "secret" in shown
    assert str(secret) in shown


def test_the_times_of_a_series_are_described_and_other_data_have_no_such_key() -> None:
    times = pd.date_range("2020-01-01", periods=5).delete(2)
    series = Table({"all": pd.DataFrame({"day": times, "x": np.arange(4.0)})}, kind="series", time="day")
    result = result_of(series)
    assert result.record.passed
    assert result.record.time_steps is not None
    assert (result.record.time_steps.usual, result.record.time_steps.longer) == ("1 day", 1)
    assert "time_steps" in result.record.model_dump(mode="json")
    assert "time_steps" not in result_of(FEET, redundant_columns="report").record.model_dump(mode="json")
