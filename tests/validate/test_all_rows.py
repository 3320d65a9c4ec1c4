import pandas as pd
import pytest

from stages.core.artefacts.raw import Table
from stages.validate.all_rows import Rows, table_rows


def test_every_row_knows_its_split_and_its_number_there() -> None:
    rows = Rows(pd.DataFrame(), {"train": 2, "validation": 0, "test": 1})
    assert [rows.place(i) for i in range(3)] == [("train", 0), ("train", 1), ("test", 0)]
    with pytest.raises(IndexError):
        rows.place(3)


def test_splits_follow_one_another() -> None:
    rows = table_rows(Table({"train": pd.DataFrame({"a": [1, 2]}), "test": pd.DataFrame({"a": [3]})}))
    assert rows.frame["a"].tolist() == [1, 2, 3]
    assert rows.sizes == {"train": 2, "test": 1}


def test_an_empty_split_does_not_change_the_types() -> None:
    empty = pd.DataFrame({"a": pd.Series([], dtype=object)})
    rows = table_rows(Table({"train": pd.DataFrame({"a": [1.0]}), "test": empty}))
    assert rows.frame["a"].dtype == "float64"
    assert len(table_rows(Table({"all": empty})).frame) == 0
