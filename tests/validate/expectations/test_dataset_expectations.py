import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.raw import Images, Table
from stages.core.errors import UserError
from stages.validate.expectations.check_result import Expected
from stages.validate.expectations.dataset_expectations import plan
from stages.validate.params import Validate

FLOWERS = Table({"all": pd.DataFrame({"petal, width": [0.2], "kind": ["rose"]})}, classes={"kind": ["rose", "tulip"]})
PICTURES = Images({"all": np.zeros((1, 2, 2), np.uint8)}, {"all": np.array([0])}, ["dark", "bright"])


def test_the_column_set_comes_first_then_gaps_then_classes_then_conf() -> None:
    params = Validate(
        columns=["petal, width", "kind"],
        may_be_missing=["kind"],
        expectations=[{"expect_table_row_count_to_equal": {"value": 1}}],
    )
    assert plan(FLOWERS, params).expected == [
        Expected("expect_table_columns_to_match_set", {"column_set": ["petal, width", "kind"]}),
        Expected("expect_column_values_to_not_be_null", {"column": "petal, width"}),
        Expected("expect_column_values_to_be_in_set", {"column": "kind", "value_set": ["rose", "tulip"]}),
        Expected("expect_table_row_count_to_equal", {"value": 1}),
    ]


def test_a_table_without_columns_is_told_what_to_paste() -> None:
    with pytest.raises(UserError, match=r'`columns: \["petal, width", "kind"\]`'):
        plan(FLOWERS, Validate())


def test_the_labels_of_pictures_are_numbers_of_classes() -> None:
    planned = plan(PICTURES, Validate())
    assert planned.expected[-1] == Expected(
        "expect_column_values_to_be_in_set", {"column": "label", "value_set": [0, 1]}
    )
    assert [e.arguments["column"] for e in planned.expected[1:-1]] == ["label", "min", "max", "mean", "std"]


def test_pictures_have_no_columns_of_their_own() -> None:
    with pytest.raises(UserError, match="images have none; remove it"):
        plan(PICTURES, Validate(columns=["label"]))
    with pytest.raises(UserError, match=r"'men'; did you mean mean\?"):
        plan(PICTURES, Validate(expectations=[{"expect_column_values_to_be_unique": {"column": "men"}}]))
