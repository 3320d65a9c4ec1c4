import datetime

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.raw import Images, Table, Tokens
from stages.validate.all_rows import table_rows
from stages.validate.column_values import Named, Nothing, Ordered, columns_of, values_of
from stages.validate.expectations.image_statistics import image_rows
from stages.validate.expectations.text_statistics import text_rows

DAY = 86_400_000_000


def ordered(column: pd.Series) -> tuple[str, int, list[float]]:
    found = values_of(column)
    assert isinstance(found, Ordered)
    return found.kind, found.missing, found.values.tolist()


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
    ids=["whole", "missing", "infinite", "text", "time", "date", "zone"],
)
def test_values_ascend_and_what_is_missing_is_counted(column: pd.Series, expected: object) -> None:
    assert ordered(column) == expected


def test_a_zero_is_a_zero() -> None:
    found = values_of(pd.Series([0.0, -0.0]))
    assert isinstance(found, Ordered)
    assert not np.signbit(found.values).any()


def test_classes_by_frequency_and_then_by_name() -> None:
    assert values_of(pd.Series(list("cbabx")), named=True) == Named(0, {"b": 2, "a": 1, "c": 1, "x": 1})
    assert list(values_of(pd.Series(list("cbabx")), named=True).counts) == ["b", "a", "c", "x"]
    assert values_of(pd.Series([True, False, True])) == Named(0, {"True": 2, "False": 1})


def test_a_column_without_values_is_of_no_kind() -> None:
    assert values_of(pd.Series([None, None]), named=True) == Nothing(2)
    assert values_of(pd.Series([np.inf, np.nan])) == Nothing(2)


def test_a_table_has_its_own_columns() -> None:
    table = Table({"all": pd.DataFrame({"x": [1, 2], "kind": ["a", "a"]})}, classes={"kind": ["a", "b"]})
    found = columns_of(table, table_rows(table))
    assert list(found) == ["x", "kind"]
    assert found["kind"] == Named(0, {"a": 2})


def test_pictures_and_texts_have_their_figures_and_the_names_of_their_classes() -> None:
    """A label of no class keeps its number."""
    images = Images({"all": np.zeros((3, 2, 2), np.uint8)}, {"all": np.array([0, 1, 7])}, ["dark", "bright"])
    found = columns_of(images, image_rows(images))
    assert list(found) == ["label", "min", "max", "mean", "std"]
    assert found["label"] == Named(0, {"7": 1, "bright": 1, "dark": 1})
    texts = Tokens({"all": np.array([4, 5])}, {"all": np.array([0, 2])}, {"all": np.array([1])}, ["a", "b"])
    assert columns_of(texts, text_rows(texts))["label"] == Named(0, {"b": 1})
