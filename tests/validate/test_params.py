from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from stages.core.validation_errors import parameter_errors, type_adapter
from stages.validate.params import Validate


def mistakes(**given: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        type_adapter(Validate).validate_python(given)
    return [str(p) for p in parameter_errors(Validate, caught.value)]


def test_a_misspelt_expectation_is_offered_the_nearest() -> None:
    [told] = mistakes(expectations=[{"expect_colum_values_to_be_unique": {"column": "a"}}])
    assert told == (
        "expectations[0]: no expectation 'expect_colum_values_to_be_unique'; "
        "did you mean expect_column_values_to_be_unique?"
    )


def test_misspelt_arguments_are_told_all_at_once() -> None:
    told = mistakes(
        expectations=[
            {"expect_column_values_to_be_between": {"colum": "a", "minvalue": 0}},
            {"expect_column_values_to_be_unique": {"column": "a"}},
            {"expect_column_max_to_be_between": {"column": "a", "maxvalue": 0}},
        ]
    )
    assert told == [
        "expectations[0]: expect_column_values_to_be_between: "
        "no argument 'colum' (did you mean column?), no argument 'minvalue' (did you mean min_value?)",
        "expectations[2]: expect_column_max_to_be_between: no argument 'maxvalue' (did you mean max_value?)",
    ]


def test_a_row_condition_would_be_run_as_code() -> None:
    [told] = mistakes(expectations=[{"expect_column_values_to_be_unique": {"column": "a", "row_condition": "b > 1"}}])
    assert "no argument 'row_condition'" in told


def test_two_names_in_one_entry_are_ambiguous() -> None:
    unique = {"column": "a"}
    [told] = mistakes(
        expectations=[{"expect_column_values_to_be_unique": unique, "expect_column_values_to_be_null": unique}]
    )
    assert "each entry is one `name: {arguments}`" in told


def test_columns_that_nobody_announced() -> None:
    [told] = mistakes(
        columns=["width", "width", "height"],
        may_be_missing=["hight"],
        expectations=[{"expect_column_pair_values_to_be_equal": {"column_A": "width", "column_B": "with"}}],
    )
    assert told == (
        ": columns names 'width' more than once; "
        "may_be_missing names column 'hight'; did you mean height?; "
        "expect_column_pair_values_to_be_equal names column 'with'; did you mean width?"
    )


def test_without_columns_nothing_can_be_a_stranger() -> None:
    assert Validate(expectations=[{"expect_column_values_to_be_unique": {"column": "mean"}}]).columns is None


@pytest.mark.parametrize("written", ["off", "'off'", "false"])
def test_off_is_off_however_yaml_reads_it(written: str) -> None:
    params = Validate.model_validate(yaml.safe_load(f"near_duplicates: {{across_splits: {written}}}"))
    assert params.near_duplicates.across_splits == "off"
