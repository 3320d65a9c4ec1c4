import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.raw.raw_data import Images, RawData, Table
from stages.core.artefacts.records.validation import RowReference
from stages.core.errors import UserError
from stages.validate.all_rows import AllRows, all_rows, row_reference, split_numbers
from tests.validate.raw_data import images, tokens


def test_position_to_split_and_row() -> None:
    rows = AllRows(pd.DataFrame(), {"train": 2, "validation": 0, "test": 1})
    expected = [("train", 0), ("train", 1), ("test", 0)]
    assert [row_reference(rows, i) for i in range(3)] == [RowReference(split=split, row=row) for split, row in expected]
    assert split_numbers(rows, np.arange(3)).tolist() == [0, 0, 2]
    with pytest.raises(IndexError):
        row_reference(rows, 3)


def test_splits_are_concatenated() -> None:
    rows = all_rows(Table({"train": pd.DataFrame({"a": [1, 2]}), "test": pd.DataFrame({"a": [3]})}))
    assert rows.frame["a"].tolist() == [1, 2, 3]
    assert rows.split_sizes == {"train": 2, "test": 1}


def test_empty_split_does_not_change_the_types() -> None:
    empty = pd.DataFrame({"a": pd.Series([], dtype=object)})
    assert all_rows(Table({"train": pd.DataFrame({"a": [1.0]}), "test": empty})).frame["a"].dtype == "float64"
    assert len(all_rows(Table({"all": empty})).frame) == 0


def test_statistics_of_images() -> None:
    """Deviations of the second image: 2, 2, 2, 6, so the variance is 12; of the third: (4 + 1 + 0 + 9) / 4 = 3.5."""
    raw = Images(
        {"train": np.array([[[0, 0], [0, 0]], [[0, 0], [0, 8]]], np.uint8), "test": np.array([[[1, 2], [3, 6]]])},
        {"train": np.array([0, 1], np.uint8), "test": np.array([1], np.uint8)},
        ["dark", "bright"],
    )
    frame = all_rows(raw).frame
    assert list(frame.columns) == ["label", "min", "max", "mean", "std"]
    assert frame.to_numpy().tolist() == [[0, 0, 0, 0, 0], [1, 0, 8, 2, 12**0.5], [1, 1, 6, 3, 3.5**0.5]]


def test_statistics_of_texts() -> None:
    frame = all_rows(tokens([[1, 9, 4, 9], [1]], [[7, 7]])).frame
    assert list(frame.columns) == ["label", "length", "smallest", "largest", "distinct"]
    assert frame.to_numpy().tolist() == [[0, 4, 1, 9, 3], [0, 1, 1, 1, 1], [0, 2, 7, 7, 1]]


ONE_LABEL = {"train": np.zeros(1), "test": np.zeros(1)}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (Images(images(np.zeros((2, 2, 2)), []).images, ONE_LABEL, ["a"]), "train has 2 images and 1 labels"),
        (tokens([[1], [2]], [[3]], labels=ONE_LABEL), "train has 2 texts and 1 labels"),
        (tokens([[1], [2]], [[3]], offsets={"train": np.array([0, 1, 9]), "test": np.array([0, 1])}), "train: .*2 ids"),
    ],
)
def test_arrays_of_different_lengths(raw: RawData, message: str) -> None:
    with pytest.raises(UserError, match=message):
        all_rows(raw)
