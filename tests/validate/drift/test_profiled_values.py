import datetime

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.raw.raw_data import Images, Table, Tokens
from stages.validate.all_rows import all_rows
from stages.validate.drift.profiled_values import ClassCounts, NoValues, SortedValues, column_values, values_of_column
from tests.core.artefacts.example_pictures import table_with_pictures

DAY = 86_400_000_000


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pd.Series([3, 1, 2]), ("number", 0, [1, 2, 3])),
        (pd.Series([3, None, 2], dtype="Int64"), ("number", 1, [2, 3])),
        (pd.Series([0.5, np.nan, np.inf]), ("number", 2, [0.5])),
        (pd.Series(["no", None, "four"]), ("text", 1, [2, 4])),
        (pd.Series([pd.Timestamp("1970-01-02"), pd.NaT]), ("date", 1, [DAY])),
        (pd.Series([datetime.date(1970, 1, 3)]), ("date", 0, [2 * DAY])),
        (pd.Series([pd.Timestamp("1970-01-02T01:00", tz="Etc/GMT-1")]), ("date", 0, [DAY])),
    ],
    ids=["integer", "missing", "infinite", "text", "time", "date", "time zone"],
)
def test_values_are_sorted_and_missing_ones_counted(column: pd.Series, expected: object) -> None:
    values = values_of_column(column)
    assert isinstance(values, SortedValues)
    assert (values.kind, values.missing, values.values.tolist()) == expected


def test_negative_zero_becomes_zero() -> None:
    values = values_of_column(pd.Series([0.0, -0.0]))
    assert isinstance(values, SortedValues)
    assert not np.signbit(values.values).any()


def test_classes_by_frequency_then_by_name() -> None:
    values = values_of_column(pd.Series(list("cbabx")), is_class=True)
    assert isinstance(values, ClassCounts)
    assert list(values.counts.items()) == [("b", 2), ("a", 1), ("c", 1), ("x", 1)]
    assert values_of_column(pd.Series([True, False, True])) == ClassCounts(0, {"True": 2, "False": 1})


def test_column_without_values() -> None:
    assert values_of_column(pd.Series([None, None]), is_class=True) == NoValues(2)
    assert values_of_column(pd.Series([np.inf, np.nan])) == NoValues(2)


def test_columns_of_a_table() -> None:
    table = Table({"all": pd.DataFrame({"x": [1, 2], "kind": ["a", "a"]})}, classes={"kind": ["a", "b"]})
    columns = column_values(table, all_rows(table))
    assert list(columns) == ["x", "kind"]
    assert columns["kind"] == ClassCounts(0, {"a": 2})


def test_labels_of_images_and_texts_get_the_names_of_their_classes() -> None:
    """A label without a class keeps its number."""
    images = Images({"all": np.zeros((3, 2, 2), np.uint8)}, {"all": np.array([0, 1, 7])}, ["dark", "bright"])
    columns = column_values(images, all_rows(images))
    assert list(columns) == ["label", "min", "max", "mean", "std"]
    assert columns["label"] == ClassCounts(0, {"7": 1, "bright": 1, "dark": 1})
    texts = Tokens({"all": np.array([4, 5])}, {"all": np.array([0, 2])}, {"all": np.array([1])}, ["a", "b"])
    assert column_values(texts, all_rows(texts))["label"] == ClassCounts(0, {"b": 1})


def test_the_values_of_a_picture_are_its_mean_pixels() -> None:
    raw = table_with_pictures(7, gaps=[2])
    means = raw.pictures["photo"].pixels.mean(axis=(1, 2, 3))
    values = column_values(raw, all_rows(raw))["photo"]
    assert isinstance(values, SortedValues)
    assert (values.kind, values.missing) == ("picture", 1)
    assert values.values.tolist() == pytest.approx([means[0], means[0], means[1], means[3], means[4], means[5]])


def test_a_column_without_any_picture_has_no_values() -> None:
    raw = table_with_pictures(3, gaps=[0, 1, 2])
    assert column_values(raw, all_rows(raw))["photo"] == NoValues(3)


def test_private_pictures_have_no_profile() -> None:
    raw = table_with_pictures(7, private=["photo"])
    assert "photo" not in column_values(raw, all_rows(raw))
