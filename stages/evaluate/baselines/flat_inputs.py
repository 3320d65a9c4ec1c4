"""The inputs of a split as one matrix."""

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import ALL_SAMPLES, Fitted, InputSpec, ProcessedData, Samples
from stages.core.columns.categories.category_ids import CategoryIds
from stages.core.columns.texts.text_ids import TextIds


def flat_inputs(
    processed: ProcessedData, split: str, samples: Samples = ALL_SAMPLES, names: Sequence[str] | None = None
) -> NDArray[np.float64]:
    """All inputs of a sample in one row, or those of `names`, in the scaled unit that the model takes them in.

    Categories that the model takes as numbers, for an embedding, are one-hot: the numbers have no order. Texts that it
    takes as numbers of words have a column for each word, 1 if the text has it.
    """
    inputs = processed.inputs_of_samples(split, samples)
    specs = processed.fitted.inputs
    chosen = specs if names is None else names
    return np.column_stack([_flat(inputs[name], specs[name]) for name in chosen]).astype(np.float64)


def flat_width(fitted: Fitted, names: Sequence[str] | None = None) -> int:
    """The number of columns of `flat_inputs`."""
    return sum(_width(fitted.inputs[name]) for name in (fitted.inputs if names is None else names))


def _flat(array: NDArray[np.float32], spec: InputSpec) -> NDArray[np.float32]:
    if isinstance(spec.column, CategoryIds):
        array = np.eye(spec.column.id_count, dtype=np.float32)[array.astype(np.int64)]
    if isinstance(spec.column, TextIds):
        has_word = np.zeros((len(array), spec.column.id_count), np.float32)
        has_word[np.arange(len(array))[:, None], array.astype(np.int64)] = 1
        return has_word
    return array.reshape(len(array), -1)


def _width(spec: InputSpec) -> int:
    if isinstance(spec.column, TextIds):
        return spec.column.id_count
    return prod(spec.shape) * (spec.column.id_count if isinstance(spec.column, CategoryIds) else 1)
