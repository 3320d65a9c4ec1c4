import numpy as np
import pandas as pd
import pytest

from stages.core.errors import UserError
from stages.validate.expectations.check_result import Expected, Outcome
from stages.validate.expectations.great_expectations_suite import judge

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

SUITE = {
    "length": Expected("expect_column_values_to_be_between", {"column": "length", "min_value": 0, "max_value": 10}),
    "mostly": Expected("expect_column_values_to_be_between", {"column": "length", "max_value": 10, "mostly": 0.25}),
    "gaps": Expected("expect_column_values_to_not_be_null", {"column": "gaps"}),
    "nothing": Expected("expect_column_values_to_be_between", {"column": "nothing", "min_value": 0}),
    "no maximum": Expected("expect_column_max_to_be_between", {"column": "nothing", "min_value": 0}),
    "open": Expected("expect_column_values_to_be_between", {"column": "open", "min_value": 0}),
    "kind": Expected("expect_column_values_to_be_in_set", {"column": "kind", "value_set": ["rose", "tulip"]}),
    "kinds": Expected(
        "expect_column_distinct_values_to_equal_set", {"column": "kind", "value_set": ["rose", "oak", "fir", "elm"]}
    ),
    "many kinds": Expected(
        "expect_column_distinct_values_to_contain_set", {"column": "kind", "value_set": [str(i) for i in range(30)]}
    ),
    "time": Expected("expect_column_values_to_be_between", {"column": "seen", "max_value": "2020-01-01 12:00"}),
    "day": Expected("expect_column_min_to_be_between", {"column": "seen", "min_value": "2020-01-01"}),
    "text": Expected("expect_column_values_to_be_between", {"column": "kind", "min_value": 0}),
    "renamed": Expected("expect_column_values_to_be_between", {"column": "upper", "min_value": 0}),
    "mean": Expected("expect_column_mean_to_be_between", {"column": "length", "max_value": 40}),
    "pair": Expected(
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "gaps", "column_B": "length", "ignore_row_if": "either_value_is_missing"},
    ),
    "set": Expected("expect_table_columns_to_match_set", {"column_set": [*FRAME.columns[:-1], "upper"]}),
    "subset": Expected("expect_table_columns_to_match_set", {"column_set": ["kind"], "exact_match": False}),
    "order": Expected("expect_table_columns_to_match_ordered_list", {"column_list": ["gaps", "length"]}),
    "quantiles": Expected(
        "expect_column_quantile_values_to_be_between", {"column": "length", "quantile_ranges": {"quantils": [0.5]}}
    ),
}


@pytest.fixture(scope="module")
def found() -> dict[str, Outcome]:
    outcomes = judge(FRAME, list(SUITE.values()), limit=5)
    assert [(o.expectation, o.arguments) for o in outcomes] == [(e.name, e.arguments) for e in SUITE.values()]
    return dict(zip(SUITE, outcomes, strict=True))


def test_what_passes(found: dict[str, Outcome]) -> None:
    """A column of gaps and one of infinities lie between any bounds: other checks have to catch them."""
    assert {n for n, o in found.items() if o.passed} == {"mostly", "nothing", "open", "day", "mean", "subset"}
    assert not any(o.problem for o in found.values() if o.passed)


def test_offending_rows_are_all_counted_and_few_are_kept(found: dict[str, Outcome]) -> None:
    assert (found["length"].unexpected, found["length"].rows) == (5, [2, 4, 5, 6, 7])
    assert (found["mostly"].unexpected, found["mostly"].rows) == (5, [2, 4, 5, 6, 7])
    assert (found["gaps"].unexpected, found["gaps"].rows) == (4, [0, 2, 4, 6])
    assert (found["kind"].unexpected, found["kind"].rows) == (2, [2, 6])
    assert (found["pair"].unexpected, found["pair"].rows) == (4, [1, 3, 5, 7])
    assert found["pair"].columns == ["gaps", "length"]


def test_figures_are_observed(found: dict[str, Outcome]) -> None:
    assert found["mean"].observed == FRAME["length"].mean()
    assert found["no maximum"].observed is None


def test_sets_of_values_say_what_is_too_much_and_too_little(found: dict[str, Outcome]) -> None:
    assert found["kinds"].observed == {"unexpected": ["tulip", "weed"], "missing": ["elm", "fir", "oak"]}
    assert found["many kinds"].observed == {"missing": "30 values"}


def test_bounds_of_a_time_may_be_text(found: dict[str, Outcome]) -> None:
    assert (found["time"].unexpected, found["time"].rows) == (4, [1, 3, 5, 7])
    assert found["time"].arguments["max_value"] == "2020-01-01 12:00"


def test_what_cannot_be_judged_has_not_passed(found: dict[str, Outcome]) -> None:
    for name in ("text", "quantiles"):
        assert str(found[name].problem).startswith("cannot be judged: ")
        assert "Traceback" not in str(found[name].problem)


def test_columns_are_told_apart_by_case(found: dict[str, Outcome]) -> None:
    """Great Expectations itself finds `Upper` when asked for `upper`."""
    assert found["renamed"].problem == "column 'upper' is not there"
    assert found["set"].problem == "missing 'upper'; unexpected 'Upper'"
    assert str(found["order"].problem).startswith("'length' where 'gaps' is expected, 'gaps' where 'length'")


def test_wrong_arguments_are_told_all_at_once() -> None:
    with pytest.raises(UserError) as caught:
        judge(
            FRAME,
            [
                Expected("expect_column_values_to_be_between", {"column": "length", "min_value": "low"}),
                Expected("expect_column_values_to_be_between", {"column": "length"}),
                Expected("expect_column_values_to_be_in_set", {"value_set": ["a"], "mostly": 2}),
            ],
            limit=5,
        )
    assert caught.value.messages == (
        "expect_column_values_to_be_between: min_value: value is not a valid float; received 'low'",
        "expect_column_values_to_be_between: min_value and max_value cannot both be None;"
        " received {'column': 'length'}",
        "expect_column_values_to_be_in_set: column: field required",
        "expect_column_values_to_be_in_set: mostly: ensure this value is less than or equal to 1.0; received 2",
    )
