"""Each value that a column cannot take is found with its row, and no other."""

from typing import Any

import numpy as np
import pytest

from stages.core.artefacts.processed import Fitted
from stages.core.columns.pictures.picture_pixels import PictureValues
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_problems import UnusableRowsError, find_row_problems
from stages.inference.new_rows.transform_rows import transform_rows
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from tests.inference.made_rows import new_rows
from tests.inference.prediction_examples import EXAMPLES, series, table_of_every_kind

GOOD = range(60, 66)
COLUMNS: dict[str, Any] = EXAMPLES["columns of every kind"].preprocess["columns"]
REFUSED: dict[str, Any] = {
    "size": {"kind": "number"},
    "score": {"kind": "number", "missing": "mean"},
    "colour": {"kind": "category", "unseen": "fail", "missing": "category"},
    "owner": {"kind": "category", "unseen": "fail"},
    "new": {"kind": "boolean", "missing": "most_frequent"},
    "built": {"kind": "date", "missing": "median", "format": "%d.%m.%Y"},
    "photo": {"kind": "picture"},
    "title": {"kind": "text"},
}


def fitted_without_gaps(**columns: Any) -> tuple[Fitted, RawRows]:
    """Of these columns, whose training rows have no gaps that are refused."""
    raw = table_of_every_kind()
    raw.frames["all"]["size"] = np.arange(90.0)
    raw.frames["all"]["title"] = "old house"
    raw.frames["all"]["colour"] = np.array(["red", "green", "blue"])[np.arange(90) % 3]
    raw.pictures["photo"].numbers["all"][:] = np.arange(90) % 6
    params = {"inputs": [*columns], "targets": "price", "columns": columns, "split": {"test": 30}}
    return preprocess(raw, Preprocess.model_validate(params)).fitted, new_rows(raw, GOOD)


def changed(rows: RawRows, column: str, row: int, value: Any) -> RawRows:
    values: Any = rows.columns[column]
    if isinstance(values, PictureValues):
        numbers = values.numbers.copy()
        numbers[row] = value
        return RawRows({**rows.columns, column: PictureValues(values.pixels, numbers)}, len(rows))
    new = values.astype(object) if isinstance(value, str) and values.dtype != object else values.copy()
    new[row] = value
    return RawRows({**rows.columns, column: new}, len(rows))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_rows_of_raw_data_have_none(name: str) -> None:
    raw = EXAMPLES[name].raw()
    data = preprocess(raw, Preprocess.model_validate(EXAMPLES[name].preprocess))
    rows = new_rows(raw, data.splits["test"].rows)
    if "heat" in rows.columns:
        # A series whose first value is a gap has nothing to fill it with.
        rows = rows[int(np.flatnonzero(~np.isnan(np.asarray(rows.columns["heat"])))[0]) :]
        rows = rows[1:] if np.asarray(rows.columns["port"])[0] is None else rows
    assert find_row_problems(data.fitted, rows) == []


@pytest.mark.error_case("new rows")
@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("size", np.nan, "received no value, expected a finite number of 32 bits"),
        ("size", np.inf, "received an infinite or too large number, expected a finite number of 32 bits"),
        ("size", -1e39, "received an infinite or too large number, expected a finite number of 32 bits"),
        ("size", "big", "received a value that is not a number, expected a finite number of 32 bits"),
        ("score", "big", "received 'big', expected a finite number of 32 bits"),
        ("score", "1e39", "received '1e39', expected a finite number of 32 bits"),
        ("colour", "grey", "received 'grey', which no training row has; they have blue, green, red"),
        ("owner", "owner 9", "received a value that is not shown, since the column is private, which no training row "),
        ("owner", None, "received no value, expected a category"),
        ("new", "maybe", "received 'maybe', expected one of true, yes, y, t, 1 and 5 more"),
        ("built", "2020-01-01", "received '2020-01-01', expected a date written as %d.%m.%Y"),
        ("title", None, "received no value, expected a text"),
        ("photo", -1, "received no picture, expected one"),
    ],
)
def test_a_value_that_a_column_cannot_take(column: str, value: Any, message: str) -> None:
    fitted, rows = fitted_without_gaps(**{column: REFUSED[column]})
    assert find_row_problems(fitted, rows) == []
    wrong = changed(rows, column, 4, value)
    (problem,) = find_row_problems(fitted, wrong)
    assert (problem.row, problem.column) == (5, column)
    assert problem.message.startswith(message)
    assert "owner 9" not in problem.message
    with pytest.raises(UnusableRowsError) as caught:
        transform_rows(fitted, wrong)
    assert caught.value.problems == [problem]
    assert caught.value.messages == (str(problem),)


def test_all_problems_are_found_by_row() -> None:
    fitted, rows = fitted_without_gaps(**REFUSED)
    for column, row, value in [("photo", 2, -1), ("size", 2, np.nan), ("built", 0, "?"), ("new", 5, "perhaps")]:
        rows = changed(rows, column, row, value)
    assert [(problem.row, problem.column) for problem in find_row_problems(fitted, rows)] == [
        (1, "built"),
        (3, "size"),
        (3, "photo"),
        (6, "new"),
    ]


def test_the_message_has_the_first_problems_and_how_many_more_there_are() -> None:
    fitted, _ = fitted_without_gaps(size=REFUSED["size"])
    many = RawRows({"size": np.full(1030, np.nan)}, 1030)
    with pytest.raises(UnusableRowsError) as caught:
        transform_rows(fitted, many)
    assert len(caught.value.problems) == 1030
    assert (len(caught.value.messages), caught.value.messages[-1]) == (21, "and 1,010 more problems")


@pytest.mark.error_case("new rows")
def test_a_logarithm_of_a_negative_number() -> None:
    """Also beside rows with other problems."""
    raw = EXAMPLES["a logarithm of numbers"].raw()
    data = preprocess(raw, Preprocess.model_validate(EXAMPLES["a logarithm of numbers"].preprocess))
    rows = new_rows(raw, GOOD)
    negative = changed(rows, "b", 3, -1.0)
    (problem,) = find_row_problems(data.fitted, negative)
    assert (
        str(problem) == "row 4: column b: the step log of preprocess gives no finite number of 32 bits for this value"
    )
    with pytest.raises(UnusableRowsError):
        transform_rows(data.fitted, negative)
    found = find_row_problems(data.fitted, changed(negative, "a", 0, np.nan))
    assert [(each.row, each.column) for each in found] == [(1, "a"), (4, "b")]


def test_a_known_value_of_a_target_of_a_series() -> None:
    """Its logarithm is that which forecasts begin with."""
    name = "all steps ahead of two columns, with everything"
    raw = series()
    data = preprocess(raw, Preprocess.model_validate(EXAMPLES[name].preprocess))
    rows = new_rows(raw, range(12, 40))
    found = find_row_problems(data.fitted, changed(rows, "volume", 20, 0.0))
    assert [(each.row, each.column) for each in found] == [(21, "volume")]


def test_gaps_before_the_first_value_of_a_series() -> None:
    name = "all steps ahead of two columns, with everything"
    raw = series()
    data = preprocess(raw, Preprocess.model_validate(EXAMPLES[name].preprocess))
    (problem,) = find_row_problems(data.fitted, new_rows(raw, range(10, 40)))
    message = "received no value before the first value, expected a finite number of 32 bits"
    assert str(problem) == f"row 1: column heat: {message}"


def test_pixels_and_word_numbers() -> None:
    for name, column in [("pictures", "image"), ("texts of word numbers", "text")]:
        raw = EXAMPLES[name].raw()
        fitted = preprocess(raw, Preprocess.model_validate(EXAMPLES[name].preprocess)).fitted
        rows = new_rows(raw, GOOD)
        values: Any = rows.columns[column]
        if column == "image":
            values = values.astype(np.float32)
            values[2, 0, 0, 0] = np.nan
        else:
            values = values.__class__(np.asarray(values.ids, np.int64), values.offsets)
            values.ids[values.offsets[2]] = -4
        (problem,) = find_row_problems(fitted, RawRows({column: values}, len(rows)))
        assert (problem.row, problem.column) == (3, column)


def test_an_unseen_category_is_no_problem_unless_the_column_refuses_it() -> None:
    fitted, rows = fitted_without_gaps(city=COLUMNS["city"], colour={"kind": "category"})
    unseen = changed(changed(rows, "city", 1, "Atlantis"), "colour", 2, "grey")
    assert find_row_problems(fitted, unseen) == []
