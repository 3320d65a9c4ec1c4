from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.records.validation import CheckRecord, ExampleRow
from stages.validate.all_rows import AllRows
from stages.validate.expectations.check_results import describe_failure, example_rows, to_json_value

ROWS = AllRows(pd.DataFrame({"a": [1.0, np.nan, np.inf], "b": ["x", "y", "z"]}), {"train": 2, "test": 1})


def failure(**values: Any) -> str:
    return describe_failure(CheckRecord(**{"expectation": "e", "arguments": {}, "passed": False, **values}), 3)


def test_example_rows_of_one_column() -> None:
    examples = example_rows(ROWS, [1, 2], ["a"])
    assert examples == [
        ExampleRow(split="train", row=1, value=None),
        ExampleRow(split="test", row=0, value="inf"),
    ]
    message = failure(arguments={"column": "a"}, unexpected=2, examples=examples)
    assert message.startswith("e(column: a): 2 of 3 rows")
    assert message.endswith("row 1 of train (nothing), row 0 of test (inf)")


def test_example_rows_of_several_columns() -> None:
    examples = example_rows(ROWS, [0], ["a", "b"])
    assert examples == [ExampleRow(split="train", row=0, value={"a": 1.0, "b": "x"})]
    assert failure(unexpected=1, examples=examples).endswith("row 0 of train (a: 1.0, b: x)")


def test_failure_without_example_rows() -> None:
    assert failure(arguments={"max_value": 1}, observed=2.5) == "e(max_value: 1): observed 2.5"
    assert failure(problem="column 'c' does not exist") == "e: column 'c' does not exist"


def test_last_digits_of_floats_are_rounded() -> None:
    assert to_json_value({"m": [0.1 + 0.2]}, digits=12) == {"m": [0.3]}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.datetime64("2020-01-02", "ns"), "2020-01-02T00:00:00"),
        (pd.NaT, None),
        (pd.NA, None),
        (np.array([np.nan]), [None]),
        ({1: b"x"}, {"1": "b'x'"}),
    ],
)
def test_values_that_json_does_not_have(value: object, expected: object) -> None:
    assert to_json_value((value,)) == [expected]
