import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.raw.raw_data import RawData, Table
from stages.core.errors import UserError
from stages.validate.expectations.dataset_expectations import Expectation, common_expectations, conf_expectations
from stages.validate.params import Validate
from tests.validate.raw_data import images, tokens

FLOWERS = Table({"all": pd.DataFrame({"petal, width": [0.2], "kind": ["rose"]})}, classes={"kind": ["rose", "tulip"]})
IMAGES = images(np.zeros((1, 2, 2)), [])
TEXTS = tokens([[1]], [[2]])


def test_expectations_of_a_table() -> None:
    """The columns, then missing values, then classes, then the expectations in conf/."""
    params = Validate(
        columns=["petal, width", "kind"],
        may_be_missing=["kind"],
        expectations=[{"expect_table_row_count_to_equal": {"value": 1}}],
    )
    assert common_expectations(FLOWERS, params) + conf_expectations(params) == [
        Expectation("expect_table_columns_to_match_set", {"column_set": ["petal, width", "kind"]}),
        Expectation("expect_column_values_to_not_be_null", {"column": "petal, width"}),
        Expectation("expect_column_values_to_be_in_set", {"column": "kind", "value_set": ["rose", "tulip"]}),
        Expectation("expect_table_row_count_to_equal", {"value": 1}),
    ]


def test_table_without_columns_in_conf() -> None:
    with pytest.raises(UserError, match=r'`columns: \["petal, width", "kind"\]`'):
        common_expectations(FLOWERS, Validate())


@pytest.mark.parametrize(
    ("raw", "statistics"),
    [(IMAGES, ["min", "max", "mean", "std"]), (TEXTS, ["length", "smallest", "largest", "distinct"])],
)
def test_expectations_of_images_and_texts(raw: RawData, statistics: list[str]) -> None:
    expectations = common_expectations(raw, Validate())
    in_set = Expectation("expect_column_values_to_be_in_set", {"column": "label", "value_set": [0, 1]})
    assert expectations[-1] == in_set
    assert [e.arguments["column"] for e in expectations[1:-1]] == ["label", *statistics]


def test_images_and_texts_have_no_columns() -> None:
    with pytest.raises(UserError, match="images have none; remove it"):
        common_expectations(IMAGES, Validate(columns=["label"]))
    with pytest.raises(UserError, match="tokens have none; remove it"):
        common_expectations(TEXTS, Validate(columns=["label"]))
    with pytest.raises(UserError, match=r"'men'; did you mean mean\?"):
        common_expectations(IMAGES, Validate(expectations=[{"expect_column_values_to_be_unique": {"column": "men"}}]))
