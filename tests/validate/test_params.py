from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from stages.core.parameters.validation_errors import parameter_errors, type_adapter
from stages.validate.params import Validate

UNIQUE = "expect_column_values_to_be_unique"


def errors(**params: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        type_adapter(Validate).validate_python(params)
    return [str(error) for error in parameter_errors(Validate, caught.value)]


@pytest.mark.parametrize(
    ("entry", "facts"),
    [
        (
            {"expect_colum_values_to_be_unique": {"column": "a"}},
            ["no expectation 'expect_colum_values_to_be_unique'", f"did you mean {UNIQUE}?"],
        ),
        # It is code.
        ({UNIQUE: {"column": "a", "row_condition": "b > 1"}}, ["no argument 'row_condition'"]),
        (
            {UNIQUE: {"column": "a"}, "expect_column_values_to_be_null": {"column": "a"}},
            ["each entry is one `name: {arguments}`"],
        ),
    ],
)
def test_entries_that_are_refused(entry: dict[str, Any], facts: list[str]) -> None:
    [error] = errors(expectations=[entry])
    assert error.startswith("expectations[0]: ")
    assert [fact for fact in facts if fact not in error] == []


def test_all_misspelt_arguments_are_reported() -> None:
    expectations = [
        {"expect_column_values_to_be_between": {"colum": "a", "minvalue": 0}},
        {UNIQUE: {"column": "a"}},
        {"expect_column_max_to_be_between": {"column": "a", "maxvalue": 0}},
    ]
    assert errors(expectations=expectations) == [
        "expectations[0]: expect_column_values_to_be_between: "
        "no argument 'colum' (did you mean column?), no argument 'minvalue' (did you mean min_value?)",
        "expectations[2]: expect_column_max_to_be_between: no argument 'maxvalue' (did you mean max_value?)",
    ]


def test_unknown_and_repeated_columns() -> None:
    [error] = errors(
        columns=["width", "width", "height"],
        may_be_missing=["hight"],
        expectations=[{"expect_column_pair_values_to_be_equal": {"column_A": "width", "column_B": "with"}}],
    )
    assert error == (
        ": columns names 'width' more than once; "
        "may_be_missing names column 'hight'; did you mean height?; "
        "expect_column_pair_values_to_be_equal names column 'with'; did you mean width?"
    )


def test_columns_are_unknown_until_the_data_are_read() -> None:
    assert Validate(expectations=[{UNIQUE: {"column": "mean"}}]).columns is None


@pytest.mark.parametrize("text", ["off", "'off'", "false"])
def test_off_in_yaml(text: str) -> None:
    params = Validate.model_validate(yaml.safe_load(f"near_duplicates: {{across_splits: {text}}}"))
    assert params.near_duplicates.across_splits == "off"
