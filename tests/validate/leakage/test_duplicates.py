import numpy as np
import pandas as pd

from stages.core.artefacts.raw import Images
from stages.validate.all_rows import Rows
from stages.validate.leakage.duplicates import Duplicates, duplicates, image_groups, row_groups, split_numbers

THREE_AND_THREE = np.array([0, 0, 0, 1, 1, 1])


def test_across_and_within() -> None:
    """Rows a b a | b c c: the second a and the second c repeat their own split, the second b the one before."""
    groups = np.array([0, 1, 0, 1, 2, 2])
    assert duplicates(groups, THREE_AND_THREE, limit=5) == Duplicates(across=1, within=2, pairs=[(3, 1)])


def test_every_copy_in_a_later_split_counts_but_few_are_shown() -> None:
    groups = np.array([0, 0, 0, 0, 0, 0])
    assert duplicates(groups, THREE_AND_THREE, limit=2) == Duplicates(across=3, within=4, pairs=[(3, 0), (4, 0)])


def test_nothing_twice() -> None:
    assert duplicates(np.arange(6), THREE_AND_THREE, limit=5) == Duplicates(0, 0, [])
    none = np.array([], np.int64)
    assert duplicates(none, none, limit=5) == Duplicates(0, 0, [])


def test_rows_are_the_same_only_in_full_and_missing_equals_missing() -> None:
    frame = pd.DataFrame({"a": [1.0, np.nan, 1.0, np.nan, 1.0], "b": ["x", None, "y", None, "x"]})
    first, gap, other, gap_again, again = row_groups(frame)
    assert (first, gap) == (again, gap_again)
    assert len({first, gap, other}) == 3


def test_pictures_are_the_same_by_their_pixels() -> None:
    train = np.array([[[0, 1]], [[1, 0]]], np.uint8)
    images = Images({"train": train, "test": train[1:]}, {"train": np.array([0, 1]), "test": np.array([0])}, ["a", "b"])
    assert image_groups(images).tolist() == [0, 1, 1]


def test_splits_are_numbered_in_order() -> None:
    assert split_numbers(Rows(pd.DataFrame(), {"a": 1, "b": 0, "c": 2})).tolist() == [0, 2, 2]
