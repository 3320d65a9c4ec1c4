import numpy as np
import pandas as pd
import pytest

from stages.core.errors import UserError
from stages.preprocess.read_columns import numeric_values

FRAME = pd.DataFrame(
    {
        "length": [1.5, 2.5],
        "petals": [3, 5],
        "fresh": [True, False],
        "name": ["rose", "tulip"],
        "gap": [1.0, np.nan],
        "infinite": [-np.inf, 2.0],
        "mixed": ["1.5", "two"],
        "day": pd.date_range("2020-01-01", periods=2),
    }
)


def test_columns_are_side_by_side_in_the_given_order() -> None:
    rows = numeric_values(FRAME, ["petals", "length", "fresh"])
    assert rows.tolist() == [[3.0, 1.5, 1.0], [5.0, 2.5, 0.0]]
    assert rows.dtype == np.float64


def test_all_errors_of_all_columns_are_reported() -> None:
    with pytest.raises(UserError) as caught:
        numeric_values(FRAME, ["name", "gap", "length", "infinite", "mixed", "day"])
    name, gap, infinite, mixed, day = caught.value.messages
    assert "column name holds str, not numbers" in name
    assert "preprocess.labels" in name
    assert "column gap: missing or infinite in rows 1;" in gap
    assert "column infinite: missing or infinite in rows 0;" in infinite
    assert "column mixed: 1 of 2 values" in mixed
    assert "'two' in row 1" in mixed
    assert "download.format.missing" in mixed
    assert "column day holds datetime64" in day
