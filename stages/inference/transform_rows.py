"""New rows become what preprocess stores of the rows of a split, by what was fitted on the training rows."""

from typing import Any

import numpy as np

from stages.core.artefacts.processed import Fitted, ProcessedData, ProcessedSplit
from stages.core.columns.category_ids import CategoryIds
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.registry import Column
from stages.core.columns.texts.text_column import TextColumn
from stages.inference.raw_rows import RawRows

# The name of the one split.
NEW_ROWS = "new"


def transform_rows(fitted: Fitted, rows: RawRows) -> ProcessedData:
    """Rows of a table, of pictures or of texts as data with one split, which has no targets.

    Raises UserError for values that a column cannot take.
    """
    inputs = {}
    for name, spec in fitted.inputs.items():
        values = column_values(spec.column, rows)
        spec.column.check(values)
        inputs[name] = spec.column.transform(values)
    data = ProcessedSplit(inputs, {}, range(len(rows)))
    return ProcessedData(fitted.model_copy(update={"splits": {NEW_ROWS: len(rows)}}), {NEW_ROWS: data})


def column_values(column: Column, rows: RawRows) -> Any:
    """The values in the form that this kind of column takes."""
    match column:
        case NumberColumns():
            return np.column_stack([np.asarray(rows.columns[name], np.float64) for name in column.columns])
        case FeatureMatrix() | CategoryIds() | TextColumn():
            return TableValues({name: np.asarray(rows.columns[name]) for name in column.columns})
        case _:
            return rows.columns[column.columns[0]]
