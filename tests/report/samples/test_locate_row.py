import pandas as pd
import pytest

from stages.core.artefacts.raw.raw_data import Table
from stages.report.samples.locate_row import locate_row

TWO_SPLITS = Table({"train": pd.DataFrame({"x": [1.5, 2.0]}), "test": pd.DataFrame({"x": [None, 4.0]})})


def test_rows_are_numbered_through_all_splits() -> None:
    assert [locate_row(TWO_SPLITS, row) for row in range(4)] == [("train", 0), ("train", 1), ("test", 0), ("test", 1)]
    with pytest.raises(IndexError):
        locate_row(TWO_SPLITS, 4)
