"""The values of new rows that a kind of column cannot take.

A message has no value of a private column, nor of a column of numbers, of which fitted.json does not say whether it is
private.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.columns.features.boolean_feature import BooleanFeature
from stages.core.columns.features.category_feature import OTHER, CategoryFeature
from stages.core.columns.features.date_feature import DateFeature
from stages.core.columns.features.feature import Feature, missing_rows
from stages.core.columns.number_columns import LARGEST, NumberColumns
from stages.core.columns.pictures.image_pixels import ImagePixels
from stages.core.columns.pictures.picture_pixels import PicturePixels, PictureValues
from stages.core.columns.registry import Column
from stages.core.columns.texts.text_column import TextColumn
from stages.core.columns.texts.token_ids import TokenIds
from stages.core.errors import format_examples
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_values import features_of

# The row, from 0, the raw column and the message.
Found = Iterator[tuple[int, str, str]]

NUMBER = "a finite number of 32 bits"
NO_VALUE = "received no value"


def value_problems(column: Column, rows: RawRows) -> Found:
    """`rows` has gaps filled forward already."""
    match column:
        case NumberColumns():
            for name in column.columns:
                yield from _number_problems(name, np.asarray(rows.columns[name]))
        case TextColumn():
            yield from _text_problems(column, np.asarray(rows.columns[column.column]))
        case PicturePixels():
            yield from _picture_problems(column, rows.columns[column.column])
        case ImagePixels():
            yield from _pixel_problems(column.columns[0], np.asarray(rows.columns[column.columns[0]]))
        case TokenIds():
            yield from _token_problems(column.columns[0], rows.columns[column.columns[0]])
        case _:
            for feature in features_of(column):
                yield from _feature_problems(feature, np.asarray(rows.columns[feature.column]))


def _number_problems(name: str, values: NDArray[Any]) -> Found:
    if values.dtype.kind in "biuf":
        numbers, is_text = values.astype(np.float64, copy=False), np.zeros(len(values), np.bool_)
    else:
        is_text = np.array([value is not None and not _is_number(value) for value in values.tolist()], np.bool_)
        usable = [value if _is_number(value) else np.nan for value in values.tolist()]
        numbers = np.array(usable, np.float64)
    for row in np.flatnonzero(~(np.abs(numbers) <= LARGEST)).tolist():
        if is_text[row]:
            received = "received a value that is not a number"
        elif np.isnan(numbers[row]):
            received = NO_VALUE
        else:
            received = "received an infinite or too large number"
        yield row, name, f"{received}, expected {NUMBER}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number | np.bool_)


def _feature_problems(feature: Feature, values: NDArray[Any]) -> Found:
    parsed = feature.parse(values)
    expected = _expected(feature)
    for row in np.flatnonzero(parsed.wrong).tolist():
        yield row, feature.column, f"received {_shown(feature, values[row])}, expected {expected}"
    if feature.params.missing in ("refuse", "forward"):
        why = " before the first value" if feature.params.missing == "forward" else ""
        for row in np.flatnonzero(parsed.missing & ~parsed.wrong).tolist():
            yield row, feature.column, f"{NO_VALUE}{why}, expected {expected}"
    if isinstance(feature, CategoryFeature) and feature.params.unseen == "fail":
        for row in np.flatnonzero(_unseen_categories(feature, values)).tolist():
            shown = _shown(feature, values[row])
            yield row, feature.column, f"received {shown}, which no training row has{_known_categories(feature)}"


def _unseen_categories(feature: CategoryFeature, values: NDArray[Any]) -> NDArray[np.bool_]:
    """Where the category is one that no training row has, or that too few of them have."""
    missing = missing_rows(values, feature.params.missing_values)
    unseen: NDArray[np.bool_] = ~missing & (feature.category_numbers(values) == OTHER)
    return unseen


def _expected(feature: Feature) -> str:
    match feature:
        case DateFeature():
            return f"a date written as {feature.params.format}" if feature.params.format else "an ISO 8601 date"
        case BooleanFeature():
            return f"one of {format_examples([*feature.params.true_values, *feature.params.false_values])}"
        case CategoryFeature():
            return "a category"
    return NUMBER


def _shown(feature: Feature, value: Any) -> str:
    if feature.private:
        return "a value that is not shown, since the column is private"
    return repr(value.item() if isinstance(value, np.generic) else value)


def _known_categories(feature: CategoryFeature) -> str:
    return "" if feature.private else f"; they have {format_examples(feature.categories)}"


def _text_problems(column: TextColumn, values: NDArray[Any]) -> Found:
    if column.params.missing == "refuse":
        for row in np.flatnonzero(missing_rows(values, [])).tolist():
            yield row, column.column, f"{NO_VALUE}, expected a text"


def _picture_problems(column: PicturePixels, values: Any) -> Found:
    assert isinstance(values, PictureValues)
    if column.params.missing == "refuse":
        for row in np.flatnonzero(values.numbers < 0).tolist():
            yield row, column.column, "received no picture, expected one"


def _pixel_problems(name: str, pixels: NDArray[Any]) -> Found:
    if pixels.dtype.kind != "f":
        return
    finite = np.isfinite(pixels).reshape(len(pixels), -1).all(axis=1)
    for row in np.flatnonzero(~finite).tolist():
        yield row, name, "received a pixel that is not a finite number, expected finite numbers"


def _token_problems(name: str, texts: Any) -> Found:
    assert isinstance(texts, RaggedRows)
    negative = texts.row_of_id[texts.ids < 0] if texts.ids.dtype.kind == "i" else np.zeros(0, np.int64)
    for row in np.unique(negative).tolist():
        yield row, name, "received a negative word number, expected numbers from 0 on"
