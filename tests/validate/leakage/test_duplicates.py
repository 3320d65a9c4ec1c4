from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.raw.raw_data import RawData, Table
from stages.validate.all_rows import AllRows, all_rows
from stages.validate.leakage.duplicates import find_duplicates, original_rows
from tests.core.artefacts.example_pictures import table_with_pictures
from tests.validate.raw_data import images, tokens

THREE_AND_THREE = AllRows(pd.DataFrame(), {"train": 3, "test": 3})
FRAME = pd.DataFrame({"a": [1.0, np.nan, 1.0, np.nan, 1.0], "b": ["x", None, "y", None, "x"]})


@pytest.mark.parametrize(
    ("original", "across", "within", "examples"),
    [
        # Rows a b a | b c c: the second a and the second c repeat their own split, the second b the split before.
        ([0, 1, 0, 1, 4, 4], 1, 2, [(0, 1)]),
        ([0, 0, 0, 0, 0, 0], 3, 4, [(0, 0), (1, 0)]),
        (range(6), 0, 0, []),
    ],
    ids=["both", "all equal", "none"],
)
def test_duplicates_across_and_within_splits(
    original: list[int], across: int, within: int, examples: list[tuple[int, int]]
) -> None:
    found = find_duplicates(np.array(original), THREE_AND_THREE, limit=2)
    assert (found.across_splits, found.within_splits) == (across, within)
    assert [(row.row, row.same_as.row) for row in found.examples] == examples
    assert {(row.split, row.same_as.split) for row in found.examples} <= {("test", "train")}


def test_no_rows() -> None:
    found = find_duplicates(np.empty(0, np.int64), AllRows(pd.DataFrame(), {"all": 0}), limit=5)
    assert (found.across_splits, found.within_splits) == (0, 0)


@pytest.mark.parametrize(
    ("raw", "original"),
    [
        (Table({"all": FRAME}), [0, 1, 2, 1, 0]),
        (images(np.array([[[0, 1]], [[1, 0]]]), np.array([[[1, 0]]])), [0, 1, 1]),
        (tokens([[1, 2], [2, 1]], [[1, 2], [1], [2]]), [0, 1, 0, 3, 4]),
    ],
    ids=["table with missing values", "images", "texts"],
)
def test_first_equal_row(raw: RawData, original: list[int]) -> None:
    assert original_rows(raw, all_rows(raw)).tolist() == original


def test_rows_are_equal_if_their_pictures_are_whatever_the_paths() -> None:
    raw = table_with_pictures(12, gaps=[3, 9])
    frame = raw.frames["all"].assign(size=1.0, colour="red", price=2.0)
    frame["photo"] = [f"{row}.png" if found else None for row, found in enumerate(frame["photo"].notna())]
    same = replace(raw, frames={"all": frame})
    assert original_rows(same, all_rows(same)).tolist() == [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5]
