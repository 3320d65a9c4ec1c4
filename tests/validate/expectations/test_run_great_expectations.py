import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.records.validation import CheckRecord
from stages.core.errors import UserError
from stages.validate.all_rows import AllRows
from stages.validate.expectations.dataset_expectations import Expectation
from stages.validate.expectations.run_great_expectations import run_expectations

FRAME = pd.DataFrame(
    {
        "length": [1.0, 2.0, 30.0, 4.0, 50.0, 60.0, 70.0, 80.0],
        "gaps": [np.nan, 1.0] * 4,
        "nothing": [np.nan] * 8,
        "open": [np.inf] * 8,
        "kind": ["rose", "tulip", "weed", "rose"] * 2,
        "seen": pd.to_datetime(["2020-01-01 06:00", "2020-01-01 18:00"] * 4),
        "Upper": range(8),
    }
)
ROWS = AllRows(FRAME, {"all": 8})

SUITE = {
    "length": Expectation("expect_column_values_to_be_between", {"column": "length", "min_value": 0, "max_value": 10}),
    "mostly": Expectation("expect_column_values_to_be_between", {"column": "length", "max_value": 10, "mostly": 0.25}),
    "gaps": Expectation("expect_column_values_to_not_be_null", {"column": "gaps"}),
    "nothing": Expectation("expect_column_values_to_be_between", {"column": "nothing", "min_value": 0}),
    "no maximum": Expectation("expect_column_max_to_be_between", {"column": "nothing", "min_value": 0}),
    "open": Expectation("expect_column_values_to_be_between", {"column": "open", "min_value": 0}),
    "kind": Expectation("expect_column_values_to_be_in_set", {"column": "kind", "value_set": ["rose", "tulip"]}),
    "kinds": Expectation(
        "expect_column_distinct_values_to_equal_set", {"column": "kind", "value_set": ["rose", "oak", "fir", "elm"]}
    ),
    "many kinds": Expectation(
        "expect_column_distinct_values_to_contain_set", {"column": "kind", "value_set": [str(i) for i in range(30)]}
    ),
    "time": Expectation("expect_column_values_to_be_between", {"column": "seen", "max_value": "2020-01-01 12:00"}),
    "day": Expectation("expect_column_min_to_be_between", {"column": "seen", "min_value": "2020-01-01"}),
    "text": Expectation("expect_column_values_to_be_between", {"column": "kind", "min_value": 0}),
    "renamed": Expectation("expect_column_values_to_be_between", {"column": "upper", "min_value": 0}),
    "mean": Expectation("expect_column_mean_to_be_between", {"column": "length", "max_value": 40}),
    "pair": Expectation(
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "gaps", "column_B": "length", "ignore_row_if": "either_value_is_missing"},
    ),
    "set": Expectation("expect_table_columns_to_match_set", {"column_set": [*FRAME.columns[:-1], "upper"]}),
    "subset": Expectation("expect_table_columns_to_match_set", {"column_set": ["kind"], "exact_match": False}),
    "order": Expectation("expect_table_columns_to_match_ordered_list", {"column_list": ["gaps", "length"]}),
    "quantiles": Expectation(
        "expect_column_quantile_values_to_be_between", {"column": "length", "quantile_ranges": {"quantils": [0.5]}}
    ),
}


@pytest.fixture(scope="module")
def checks() -> dict[str, CheckRecord]:
    records = run_expectations(ROWS, list(SUITE.values()), limit=5)
    assert [(r.expectation, r.arguments) for r in records] == [(e.name, e.arguments) for e in SUITE.values()]
    return dict(zip(SUITE, records, strict=True))


def test_expectations_that_pass(checks: dict[str, CheckRecord]) -> None:
    """Missing and infinite values pass a range check: other checks report them."""
    passed = {name for name, check in checks.items() if check.passed}
    assert passed == {"mostly", "nothing", "open", "day", "mean", "subset"}
    assert not any(check.problem for check in checks.values() if check.passed)


@pytest.mark.parametrize(
    ("name", "unexpected", "rows"),
    [
        ("length", 5, [2, 4, 5, 6, 7]),
        ("mostly", 5, [2, 4, 5, 6, 7]),
        ("gaps", 4, [0, 2, 4, 6]),
        ("kind", 2, [2, 6]),
        ("pair", 4, [1, 3, 5, 7]),
        ("time", 4, [1, 3, 5, 7]),
    ],
)
def test_failed_rows(name: str, unexpected: int, rows: list[int], checks: dict[str, CheckRecord]) -> None:
    check = checks[name]
    assert (check.unexpected, [row.row for row in check.examples]) == (unexpected, rows)


def test_values_of_failed_rows(checks: dict[str, CheckRecord]) -> None:
    assert checks["length"].examples[0].value == 30.0
    assert checks["pair"].examples[0].value == {"gaps": 1.0, "length": 2.0}
    assert checks["time"].examples[0].value == "2020-01-01T18:00:00"


def test_observed_statistic(checks: dict[str, CheckRecord]) -> None:
    assert checks["mean"].observed == FRAME["length"].mean()
    assert checks["no maximum"].observed is None


def test_observed_sets_name_unexpected_and_missing_values(checks: dict[str, CheckRecord]) -> None:
    assert checks["kinds"].observed == {"unexpected": ["tulip", "weed"], "missing": ["elm", "fir", "oak"]}
    assert checks["many kinds"].observed == {"missing": "30 values"}


def test_expectation_that_cannot_be_evaluated_fails(checks: dict[str, CheckRecord]) -> None:
    for name in ("text", "quantiles"):
        assert str(checks[name].problem).startswith("cannot be evaluated: ")
        assert "Traceback" not in str(checks[name].problem)


def test_column_names_are_case_sensitive(checks: dict[str, CheckRecord]) -> None:
    """Great Expectations itself finds `Upper` when asked for `upper`."""
    assert checks["renamed"].problem == "column 'upper' does not exist"
    assert checks["set"].problem == "missing 'upper'; unexpected 'Upper'"
    assert str(checks["order"].problem).startswith("'length' where 'gaps' is expected, 'gaps' where 'length'")


def test_all_wrong_arguments_are_reported() -> None:
    expectations = [
        Expectation("expect_column_values_to_be_between", {"column": "length", "min_value": "low"}),
        Expectation("expect_column_values_to_be_between", {"column": "length"}),
        Expectation("expect_column_values_to_be_in_set", {"value_set": ["a"], "mostly": 2}),
    ]
    with pytest.raises(UserError) as caught:
        run_expectations(ROWS, expectations, limit=5)
    assert caught.value.messages == (
        "expect_column_values_to_be_between: min_value: value is not a valid float; received 'low'",
        "expect_column_values_to_be_between: min_value and max_value cannot both be None;"
        " received {'column': 'length'}",
        "expect_column_values_to_be_in_set: column: field required",
        "expect_column_values_to_be_in_set: mostly: ensure this value is less than or equal to 1.0; received 2",
    )
