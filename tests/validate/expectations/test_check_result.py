import numpy as np
import pandas as pd

from stages.validate.all_rows import Rows
from stages.validate.expectations.check_result import Outcome, plain, record, sentence

ROWS = Rows(pd.DataFrame({"a": [1.0, np.nan, np.inf], "b": ["x", "y", "z"]}), {"train": 2, "test": 1})


def test_an_example_says_where_and_what() -> None:
    outcome = Outcome("e", {"column": "a"}, passed=False, unexpected=2, rows=[1, 2], columns=["a"])
    assert record(outcome, ROWS)["examples"] == [
        {"split": "train", "row": 1, "value": None},
        {"split": "test", "row": 0, "value": "inf"},
    ]
    assert sentence(outcome, ROWS) == "e(column: a): 2 of 3 rows, first row 1 of train (nothing), row 0 of test (inf)"


def test_an_example_of_several_columns_names_them() -> None:
    outcome = Outcome("e", {}, passed=False, unexpected=1, rows=[0], columns=["a", "b"])
    assert record(outcome, ROWS)["examples"] == [{"split": "train", "row": 0, "value": {"a": 1.0, "b": "x"}}]
    assert sentence(outcome, ROWS) == "e: 1 of 3 rows, first row 0 of train (a: 1.0, b: x)"


def test_a_figure_or_a_problem_stands_in_for_rows() -> None:
    assert sentence(Outcome("e", {"max_value": 1}, passed=False, observed=2.5), ROWS) == "e(max_value: 1): found 2.5"
    assert sentence(Outcome("e", {}, passed=False, problem="column 'c' is not there"), ROWS) == (
        "e: column 'c' is not there"
    )


def test_an_observed_figure_does_not_flicker_in_its_last_bits() -> None:
    assert record(Outcome("e", {}, passed=True, observed={"m": [0.1 + 0.2]}), ROWS)["observed"] == {"m": [0.3]}


def test_everything_becomes_what_json_can_hold() -> None:
    odd = (np.int64(3), np.bool_(True), np.datetime64("2020-01-02", "ns"), pd.NaT, pd.NA, np.array([np.nan]), {1: b"x"})
    assert plain(odd) == [3, True, "2020-01-02T00:00:00", None, None, [None], {"1": "b'x'"}]
