"""The rows that the steps of preprocess turn into no finite number, such as the logarithm of a negative number."""

from typing import Any

import numpy as np

from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.registry import Column
from stages.core.columns.scaling import SeriesStep, apply_steps
from stages.inference.row_checks.value_problems import Found


def step_problems(column: Column, values: Any) -> Found:
    """The problems of the first step that has some. `values` are those of the column, without other problems."""
    if not isinstance(column, NumberColumns | FeatureMatrix):
        return
    numbers, lookback = column.to_numbers(values), 0
    for count, step in enumerate(column.steps, 1):
        with np.errstate(all="ignore"):
            numbers = apply_steps([step], numbers)
            finite = np.isfinite(numbers.astype(np.float32))
        lookback += step.lookback if isinstance(step, SeriesStep) else 0
        if not finite.all():
            names = column.model_copy(update={"steps": column.steps[:count]}).output_columns
            for row, position in np.argwhere(~finite).tolist():
                name = step.name if hasattr(step, "name") else step.step
                message = f"the step {name} of preprocess gives no finite number of 32 bits for this value"
                yield row + lookback, names[position], message
            return
