"""The inputs of a table: the kind of each column, and which columns form an array together."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain, count
from types import MappingProxyType
from typing import TYPE_CHECKING

from stages.core.artefacts.raw.column_values import column_values
from stages.core.artefacts.row_numbers import RowNumbers, take_rows
from stages.core.columns.categories.category_ids import CategoryIds
from stages.core.columns.column_params import (
    BooleanParams,
    CategoryParams,
    ColumnParams,
    DateParams,
    FeatureParams,
    GroupParams,
    IgnoreParams,
    InputParams,
    NumberParams,
    PictureParams,
    TextParams,
    WeightParams,
    picture_kind_error,
)
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.features.boolean_feature import BooleanFeature
from stages.core.columns.features.category_feature import CategoryFeature
from stages.core.columns.features.coded_values import ColumnValues
from stages.core.columns.features.date_feature import DateFeature
from stages.core.columns.features.feature import Feature
from stages.core.columns.features.fill_forward import fill_columns_forward
from stages.core.columns.features.number_feature import NumberFeature
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.picture_pixels import PicturePixels, PictureValues
from stages.core.columns.registry import Column
from stages.core.errors import ErrorList, UserError
from stages.preprocess.infer_kind import infer_kind
from stages.preprocess.inputs.numeric_values import numeric_values
from stages.preprocess.inputs.raw_columns import RawColumn
from stages.preprocess.inputs.read_picture_inputs import read_picture_inputs
from stages.preprocess.inputs.read_text_inputs import read_text_inputs, text_column
from stages.preprocess.inputs.select_columns import DEFAULT_INPUT

if TYPE_CHECKING:
    import pandas as pd

NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.-]+")


def read_table_inputs(
    inputs: Mapping[str, Sequence[str]],
    frame: "pd.DataFrame",
    params: Mapping[str, ColumnParams],
    training_rows: RowNumbers,
    is_series: bool,
    private: Sequence[str] = (),
    pictures: Mapping[str, PictureValues] = MappingProxyType({}),
) -> dict[str, RawColumn]:
    """Return the arrays of each input. Raises UserError with everything wrong in all columns.

    Numbers without gaps are a matrix as they are; with columns of other kinds they become features of a matrix.
    Categories by embedding, texts and pictures are arrays of their own. What is inferred and learned comes from the
    training rows. Errors have no values of private columns. `pictures` are those of download, by column.
    """
    raw = {column: column_values(frame[column]) for columns in inputs.values() for column in columns}
    kinds = kinds_of_columns(raw, params, pictures, lambda name: infer_kind(name, take_rows(raw[name], training_rows)))
    check_forward(kinds, is_series)
    table = fill_columns_forward(raw, kinds)
    values = table.columns
    errors = ErrorList()
    arrays: dict[str, RawColumn] = {}
    for name, columns in inputs.items():
        names = ArrayNames(name, columns, taken={*inputs, *arrays} - {name})
        in_matrix = {c: kind for c in columns if not isinstance(kind := kinds[c], TextParams | PictureParams)}
        with errors.collect():
            if in_matrix and all(kind == NumberParams(kind="number") for kind in in_matrix.values()):
                matrix = numeric_values(frame, [*in_matrix], private)
                arrays[name] = RawColumn(NumberColumns(columns=[*in_matrix]), matrix)
            else:
                features = [
                    feature_of_column(c, k, inferred=c not in params, private=c in private)
                    for c, k in in_matrix.items()
                ]
                _check_values(features, values)
                fitted = [feature.fit(take_rows(values[feature.column], training_rows)) for feature in features]
                _check_values([f for f in fitted if isinstance(f, CategoryFeature)], values)
                arrays |= {
                    array: RawColumn(column, table.select(column.columns))
                    for array, column in arrays_of_features(name, fitted, len(training_rows), names).items()
                }
        with errors.collect():
            texts = {
                names.of(c): text_column(c, kind, inferred=c not in params, private=c in private)
                for c in columns
                if isinstance(kind := kinds[c], TextParams)
            }
            arrays |= read_text_inputs(texts, values, training_rows)
        with errors.collect():
            picture_columns = {
                names.of(column): PicturePixels(columns=[column], params=kind)
                for column in columns
                if isinstance(kind := kinds[column], PictureParams)
            }
            arrays |= read_picture_inputs(picture_columns, pictures)
    errors.raise_if_any()
    return arrays


class ArrayNames:
    """Names of the arrays that come from one column of an input.

    The name is that of the column. If the input was given a name and has only this column, it is the input's name.
    """

    def __init__(self, input_name: str, columns: Sequence[str], taken: set[str]) -> None:
        self._input_name = input_name if len(columns) == 1 and input_name != DEFAULT_INPUT else None
        self._taken = taken | {input_name}

    def of(self, column: str) -> str:
        """Return a name that no other array has. Columns whose usable characters are the same get a number."""
        if self._input_name:
            return self._input_name
        # TensorFlow has no names that begin with a sign.
        first = NOT_IN_A_NAME.sub("_", column).lstrip("_.-") or "column"
        name = next(name for name in chain([first], (f"{first}_{n}" for n in count(2))) if name not in self._taken)
        self._taken.add(name)
        return name


def kinds_of_columns(
    columns: Iterable[str],
    params: Mapping[str, ColumnParams],
    pictures: Collection[str],
    infer: Callable[[str], InputParams],
) -> dict[str, InputParams]:
    """`infer` gives the kind of a column that `params` does not name."""
    errors = ErrorList()
    kinds: dict[str, InputParams] = {}
    for column in columns:
        match params.get(column):
            case None if column in pictures:
                kinds[column] = PictureParams(kind="picture")
            case None:
                with errors.collect():
                    kinds[column] = infer(column)
            case IgnoreParams() | WeightParams() | GroupParams() as other:
                errors.add(f"preprocess.inputs: column {column} has kind {other.kind}, so it cannot be an input")
            case kind:
                if error := picture_kind_error(column, kind.kind, column in pictures):
                    errors.add(f"preprocess.columns.{column}: {error}")
                kinds[column] = kind
    errors.raise_if_any()
    return kinds


def check_forward(kinds: Mapping[str, InputParams], is_series: bool) -> None:
    for column, kind in kinds.items():
        if kind.missing == "forward" and not is_series:
            raise UserError(
                f"preprocess.columns.{column}.missing: forward is for rows in order of time; set download.kind: series"
            )


def feature_of_column(column: str, kind: FeatureParams, inferred: bool, private: bool) -> Feature:
    match kind:
        case NumberParams():
            return NumberFeature(column=column, params=kind, inferred=inferred, private=private)
        case BooleanParams():
            return BooleanFeature(column=column, params=kind, inferred=inferred, private=private)
        case DateParams():
            return DateFeature(column=column, params=kind, inferred=inferred, private=private)
        case CategoryParams():
            return CategoryFeature(column=column, params=kind, inferred=inferred, private=private)


def _check_values(features: Sequence[Feature], values: Mapping[str, ColumnValues]) -> None:
    errors = ErrorList()
    for feature in features:
        feature.check(values[feature.column], errors)
    errors.raise_if_any()


def arrays_of_features(
    name: str, features: Sequence[Feature], training_rows: int, names: ArrayNames
) -> dict[str, Column]:
    """Categories by embedding are arrays of their own."""
    embedded = [f for f in features if isinstance(f, CategoryFeature) and f.is_embedded]
    arrays: dict[str, Column] = {}
    if in_matrix := [feature for feature in features if feature not in embedded]:
        columns = [feature.column for feature in in_matrix]
        arrays[name] = FeatureMatrix.model_validate(
            {"columns": columns, "features": in_matrix, "training_rows": training_rows}
        )
    for feature in embedded:
        arrays[names.of(feature.column)] = CategoryIds(columns=[feature.column], feature=feature)
    return arrays
