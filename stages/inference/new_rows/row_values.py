"""The values of new rows in the form that each kind of column takes."""

from typing import Any

import numpy as np

from stages.core.artefacts.processed import Fitted
from stages.core.columns.categories.category_ids import CategoryIds
from stages.core.columns.column_params import InputParams
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.features.coded_values import plain_array
from stages.core.columns.features.feature import Feature
from stages.core.columns.features.fill_forward import fill_columns_forward
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.registry import Column
from stages.core.columns.texts.text_column import TextColumn
from stages.inference.new_rows.raw_rows import RawRows


def needed_columns(fitted: Fitted) -> list[str]:
    """The raw columns of the inputs, each once. A series also needs the known values of its targets."""
    columns = [name for spec in fitted.inputs.values() for name in spec.columns]
    if fitted.window is not None:
        columns += [name for spec in fitted.targets.values() if spec.classes is None for name in spec.columns]
    return [*dict.fromkeys(columns)]


def features_of(column: Column) -> list[Feature]:
    """The features of a kind of column that has some."""
    match column:
        case FeatureMatrix():
            return [*column.features]
        case CategoryIds():
            return [column.feature]
    return []


def rows_depend_on_others(fitted: Fitted) -> bool:
    """Whether the prediction of a row needs the rows before it: those of a window, or values that fill its gaps."""
    features = [feature for spec in fitted.inputs.values() for feature in features_of(spec.column)]
    return fitted.window is not None or any(feature.params.missing == "forward" for feature in features)


def fill_gaps_forward(fitted: Fitted, rows: RawRows) -> RawRows:
    """The rows, which are in the order of time, with gaps filled as preprocess fills those of a series."""
    params: dict[str, InputParams] = {
        feature.column: feature.params for spec in fitted.inputs.values() for feature in features_of(spec.column)
    }
    table = fill_columns_forward({name: np.asarray(rows.columns[name]) for name in params}, params)
    filled = {name: plain_array(values) for name, values in table.columns.items()}
    return RawRows({**rows.columns, **filled}, rows.count, table.filled)


def column_values(column: Column, rows: RawRows) -> Any:
    """The values in the form that this kind of column takes."""
    match column:
        case NumberColumns():
            return np.column_stack([np.asarray(rows.columns[name], np.float64) for name in column.columns])
        case FeatureMatrix() | CategoryIds() | TextColumn():
            values = TableValues({name: np.asarray(rows.columns[name]) for name in column.columns}, rows.filled)
            return values.select(column.columns)
        case _:
            return rows.columns[column.columns[0]]
