"""Every kind of feature against values worked out by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from stages.core.columns.column_params import (
    BooleanParams,
    CategoryParams,
    DateParams,
    DatePart,
    InputParams,
    NumberParams,
)
from stages.core.columns.features.boolean_feature import BooleanFeature
from stages.core.columns.features.category_feature import FIRST_CATEGORY, MISSING, OTHER, CategoryFeature
from stages.core.columns.features.date_feature import CYCLES, DateFeature, date_part
from stages.core.columns.features.feature import Feature
from stages.core.columns.features.number_feature import NumberFeature
from stages.core.errors import ErrorList


def number(**params: Any) -> NumberFeature:
    return NumberFeature(column="age", params=NumberParams(kind="number", **params))


def category(**params: Any) -> CategoryFeature:
    return CategoryFeature(column="port", params=CategoryParams(kind="category", **params))


def boolean(**params: Any) -> BooleanFeature:
    return BooleanFeature(column="alone", params=BooleanParams(kind="boolean", **params))


def date(**params: Any) -> DateFeature:
    return DateFeature(column="day", params=DateParams(kind="date", **params))


def objects(*values: Any) -> NDArray[Any]:
    return np.array(values, object)


def matrix(feature: Feature, train: NDArray[Any], new: NDArray[Any] | None = None) -> list[list[float]]:
    numbers: list[list[float]] = feature.fit(train).transform(train if new is None else new).tolist()
    return numbers


def errors_of(feature: Feature, values: NDArray[Any]) -> list[str]:
    errors = ErrorList()
    feature.check(values, errors)
    return errors.messages


AGES = np.array([10.0, np.nan, 20.0, 20.0, 90.0])


@pytest.mark.parametrize(
    ("missing", "filled"),
    [("median", 20.0), ("mean", 35.0), ("most_frequent", 20.0), ({"constant": -1}, -1.0), ({"constant": 2.5}, 2.5)],
)
def test_a_gap_of_numbers_gets_one_value_of_the_training_rows(missing: Any, filled: float) -> None:
    assert matrix(number(missing=missing), AGES)[1] == [filled]
    assert matrix(number(missing=missing), AGES, np.array([np.nan, 7])) == [[filled], [7]]


def test_an_indicator_says_where_a_value_was_missing() -> None:
    feature = number(missing="median", missing_indicator=True)
    assert matrix(feature, AGES)[:2] == [[10, 0], [20, 1]]
    assert feature.outputs == ["age", "age missing"]
    assert feature.is_scaled == [True, False]


def test_the_indicator_shows_gaps_that_were_filled_before() -> None:
    feature = number(missing="forward", missing_indicator=True).fit(np.array([1.0, 1, 3]))
    assert feature.transform(np.array([1.0, 1, 3]), np.array([False, True, False])).tolist() == [[1, 0], [1, 1], [3, 0]]


def test_declared_values_stand_for_a_gap() -> None:
    assert matrix(number(missing="mean", missing_values=[-999]), np.array([1, -999, 3])) == [[1], [2], [3]]
    assert matrix(number(missing="mean", missing_values=["-"]), objects("1", "-", "3")) == [[1], [2], [3]]
    assert matrix(category(missing="category", missing_values=["none"]), objects("a", "none")) == [[0, 1], [1, 0]]


def test_numbers_may_be_written_as_text() -> None:
    assert matrix(number(), objects("1.5", "-2e3")) == [[1.5], [-2000]]


def test_one_hot_columns_are_in_the_order_of_the_categories() -> None:
    feature = category().fit(objects("S", "C", "S"))
    assert feature.outputs == ["port=C", "port=S"]
    assert feature.transform(objects("S", "C", "Q")).tolist() == [[0, 1], [1, 0], [0, 0]]


def test_rare_categories_are_other_and_so_are_unseen_ones() -> None:
    feature = category(minimum_count=2).fit(objects("S", "C", "S", "Q"))
    assert feature.outputs == ["port other", "port=S"]
    assert feature.transform(objects("C", "S", "never seen")).tolist() == [[1, 0], [0, 1], [1, 0]]


def test_gaps_may_be_a_category() -> None:
    feature = category(missing="category").fit(objects("S", None, "S"))
    assert feature.outputs == ["port missing", "port=S"]
    assert feature.transform(objects(None, "S")).tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize(("missing", "filled"), [("most_frequent", "S"), ({"constant": "new"}, "new")])
def test_gaps_may_be_filled_with_a_category(missing: Any, filled: str) -> None:
    feature = category(missing=missing).fit(objects("S", None, "C", "S"))
    assert feature.categories == sorted({"S", "C", filled})
    assert feature.transform(objects(None)).tolist() == feature.transform(objects(filled)).tolist()
    assert feature.transform(objects(None)).sum() == 1


def test_category_numbers() -> None:
    feature = category(minimum_count=2, missing="category").fit(objects("b", "b", "a", "c", "c", None))
    numbers = feature.category_numbers(objects("a", None, "b", "c", "never seen"))
    assert numbers.tolist() == [OTHER, MISSING, FIRST_CATEGORY, FIRST_CATEGORY + 1, OTHER]
    assert numbers.dtype == np.int32


@pytest.mark.parametrize(
    ("encoding", "bound", "embedded"),
    [("auto", 3, False), ("auto", 2, True), ("one_hot", 2, False), ("embedding", 20, True)],
)
def test_many_categories_are_embedded(encoding: str, bound: int, embedded: bool) -> None:
    feature = category(encoding=encoding, one_hot_up_to=bound).fit(objects("a", "b", "c"))
    assert feature.is_embedded == embedded


def test_categories_of_whole_numbers_are_the_same_with_gaps() -> None:
    assert category().fit(np.array([3, 1])).categories == ["1", "3"]
    assert category(missing="category").fit(np.array([3.0, 1.0, np.nan])).categories == ["1", "3"]


def test_truth_values() -> None:
    assert matrix(boolean(), np.array([True, False])) == [[1], [0]]
    assert matrix(boolean(), objects("Yes", " no ", "TRUE", "0")) == [[1], [0], [1], [0]]
    assert matrix(boolean(missing="most_frequent"), objects("yes", None, "yes", "no"))[1] == [1]
    assert matrix(boolean(missing={"constant": False}), np.array([1.0, np.nan])) == [[1], [0]]
    assert matrix(boolean(true_values=["ja"], false_values=["nein"]), objects("Ja", "nein")) == [[1], [0]]


def test_parts_of_dates_are_those_of_pandas() -> None:
    written = pd.date_range("1969-11-30 23:58", periods=900, freq="37h13min").astype("datetime64[us]")
    parts: list[DatePart] = [*CYCLES, "year"]
    for part in parts:
        expected = getattr(written, "day_of_week" if part == "weekday" else part)
        np.testing.assert_array_equal(date_part(written.to_numpy(), part), expected, part)


@pytest.mark.parametrize(
    "text",
    ["2024-02-29", "2023-02-29", "2024-02-29 23:59:59", "2024-02-29T13:45:00", "2024-02-29 24:00:00", "0000-01-01",
     "0001-01-01", "2024-2-29", "2024-13-01", "2024-02-29-13:45:00", "2024-02-29 13:45", "20240229"],
)  # fmt: skip
def test_dates_of_all_rows_at_once_are_those_of_each_text(text: str) -> None:
    """The second text is of a length that is parsed one by one."""
    together, alone = (
        date()._parse(np.array(texts, object), np.zeros(2, np.bool_)) for texts in ([text] * 2, [text, "2024"])
    )
    assert (together.values[0], together.wrong[0]) == (alone.values[0], alone.wrong[0])


def test_a_date_becomes_waves_and_days() -> None:
    feature = date(parts=["year", "month"]).fit(objects("2024-01-01", "2024-04-01"))
    assert feature.outputs == ["day year", "day month sin", "day month cos", "day days"]
    assert feature.is_scaled == [True, False, False, True]
    assert feature.transform(objects("2024-01-01", "2024-04-01T12:00", "2023-12-31")).tolist() == [
        [2024, 0, 1, 0],
        [2024, 1, 0, 91.5],
        [2023, -0.5, 0.866025403784, -1],
    ]


def test_dates_in_other_formats() -> None:
    feature = date(format="%m/%d/%Y", parts=["day"], cyclic=False)
    assert matrix(feature, objects("2/3/2022", "12/31/2022")) == [[3, 0], [31, 331]]
    assert matrix(date(format="%Y", parts=["year"], elapsed=False), np.array([2020, 2021])) == [[2020], [2021]]


def test_gaps_in_dates() -> None:
    feature = date(missing="median", parts=["day"], cyclic=False, elapsed=False)
    assert matrix(feature, objects("2024-01-01", None, "2024-01-05")) == [[1], [3], [5]]
    times = np.array(["2024-01-02", "NaT", "2024-01-02"], "datetime64[us]")
    assert matrix(date(missing="most_frequent", parts=["day"], cyclic=False, elapsed=False), times)[1] == [2]


@pytest.mark.parametrize(
    ("feature", "values", "facts"),
    [
        (number(), objects("1", "x", "inf"), ["column age: 2 of 3 values are not finite numbers", "'x' in row 1"]),
        (number(), np.array([1, 1e39]), ["column age: 1 of 2 values are not finite numbers of 32 bits"]),
        (number(), AGES, ["column age: missing in 1 of 5 rows: 1;", "preprocess.columns.age.missing", "median"]),
        (number(missing="forward"), AGES, ["column age: missing in the first rows", ": 1;"]),
        (category(), objects("S", None), ["column port: missing in 1 of 2 rows: 1;", "category, most_frequent"]),
        (boolean(), objects("yes", "maybe"), ["column alone: 1 of 2 values are not true or false: 'maybe' in row 1"]),
        (date(), objects("2024-01-01", "1/2/24"), ["column day: 1 of 2 values are not ISO 8601 dates", "'1/2/24'"]),
        (date(format="%d.%m.%Y"), objects("31.2.2024"), ["1 of 1 values are not dates written as %d.%m.%Y"]),
        (date(), np.array([2020]), ["column day: 1 of 1 values are not ISO 8601 dates"]),
    ],
)
def test_values_that_a_kind_cannot_take(feature: Feature, values: NDArray[Any], facts: list[str]) -> None:
    (message,) = errors_of(feature, values)
    assert [fact for fact in facts if fact not in message] == []


def test_unseen_categories_may_be_refused() -> None:
    feature = category(unseen="fail").fit(objects("S", "C"))
    assert errors_of(feature, objects("S", "C")) == []
    (message,) = errors_of(feature, objects("S", "Q"))
    assert "column port: 1 values are categories that no training row has: 'Q' in row 1" in message


@pytest.mark.parametrize("feature", [number(), boolean(), date()])
def test_private_values_are_not_shown(feature: Feature) -> None:
    (message,) = errors_of(feature.model_copy(update={"private": True}), objects("secret"))
    assert "secret" not in message
    assert "in rows 0 (private)" in message


@pytest.mark.parametrize("missing", ["most_frequent", {"constant": "Q"}, "category"])
def test_categories_of_a_private_column_are_stored_as_hashes(missing: Any) -> None:
    """The same columns as without, in another order."""
    values = objects("Southampton", "Cork", "Southampton", None)
    public = category(missing=missing).fit(values)
    private = category(missing=missing).model_copy(update={"private": True}).fit(values)
    new = objects("Cork", None, "never seen", "Southampton")
    assert sorted(private.transform(new).T.tolist()) == sorted(public.transform(new).T.tolist())
    stored = private.model_dump(exclude={"params"})
    assert "Southampton" in public.model_dump_json()
    assert [text for text in ("Southampton", "Cork", "'Q'") if text in str(stored) + str(private.outputs)] == []
    assert type(private).model_validate_json(private.model_dump_json()) == private


def test_unseen_values_of_a_private_column_are_found() -> None:
    feature = category(unseen="fail").model_copy(update={"private": True}).fit(objects("Cork", "Southampton"))
    (message,) = errors_of(feature, objects("Cork", "Queenstown"))
    assert "in rows 1 (private)" in message


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        (NumberParams, {"kind": "number", "missing": {"constant": "x"}}),
        (NumberParams, {"kind": "number", "missing": "category"}),
        (NumberParams, {"kind": "number", "missing": "refuse", "missing_indicator": True}),
        (BooleanParams, {"kind": "boolean", "missing": {"constant": 1}}),
        (BooleanParams, {"kind": "boolean", "true_values": ["yes", "No"]}),
        (DateParams, {"kind": "date", "parts": [], "elapsed": False}),
        (DateParams, {"kind": "date", "parts": ["day", "day"]}),
        (CategoryParams, {"kind": "category", "missing": "median"}),
    ],
)
def test_parameters_that_do_not_fit(kind: type[InputParams], params: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        kind.model_validate(params)
