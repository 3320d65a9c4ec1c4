"""The inputs of a split as one matrix."""

from math import prod

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted, InputSpec, ProcessedData
from stages.core.columns.category_ids import CategoryIds


def flat_inputs(processed: ProcessedData, split: str) -> NDArray[np.float64]:
    """All inputs of a sample in one row, in the scaled unit that the model takes them in.

    Categories that the model takes as numbers, for an embedding, are one-hot: the numbers have no order.
    """
    inputs = processed.inputs(split)
    return np.column_stack([_flat(inputs[name], spec) for name, spec in processed.fitted.inputs.items()]).astype(
        np.float64
    )


def flat_width(fitted: Fitted) -> int:
    """The number of columns of `flat_inputs`."""
    return sum(prod(spec.shape) * _width_of_number(spec) for spec in fitted.inputs.values())


def _flat(array: NDArray[np.float32], spec: InputSpec) -> NDArray[np.float32]:
    if isinstance(spec.column, CategoryIds):
        array = np.eye(spec.column.id_count, dtype=np.float32)[array.astype(np.int64)]
    return array.reshape(len(array), -1)


def _width_of_number(spec: InputSpec) -> int:
    return spec.column.id_count if isinstance(spec.column, CategoryIds) else 1
