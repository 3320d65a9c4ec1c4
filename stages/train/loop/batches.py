"""Batches as tensors, gathered inside the compiled epoch from arrays that are held once."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from stages.core.artefacts.processed import InputSpec, ProcessedData
from stages.core.artefacts.ragged_rows import RaggedRows, Rows
from stages.core.columns.scaling import apply_steps

Batch = tuple[Any, Any]
Feeder = Callable[[Any], Batch]


def feeder(processed: ProcessedData, split: str, model: keras.Model) -> Feeder:
    """From sample numbers to (inputs, targets); windows are cut and late steps applied here, a batch at a time."""
    part, fitted = processed.splits[split], processed.fitted
    gathers = {name: _gather(rows, fitted.inputs[name]) for name, rows in part.inputs.items()}
    targets = {name: tf.constant(array) for name, array in part.targets.items()}
    window = fitted.window
    shaped = _only if isinstance(model, keras.Sequential) else dict

    def batch(samples: Any) -> Batch:
        rows = window.input_rows(samples) if window else samples
        lasts = window.target_row(samples) if window else samples
        x = {name: gather(rows) for name, gather in gathers.items()}
        y = {name: tf.gather(array, lasts) for name, array in targets.items()}
        return shaped(x), shaped(y)

    return batch


def _gather(stored: Rows, spec: InputSpec) -> Callable[[Any], Any]:
    """From row numbers to the rows as the model takes them."""
    if isinstance(stored, RaggedRows):
        return _multi_hot(stored, spec.shape[0])
    array, steps = tf.constant(stored), spec.steps if spec.scaled_per_batch else []
    return lambda rows: apply_steps(steps, tf.cast(tf.gather(array, rows), tf.float32), keras.ops)


def _multi_hot(stored: RaggedRows, width: int) -> Callable[[Any], Any]:
    """No row is ever spread out over the vocabulary: a sparse tensor names the words that occur."""
    ids, offsets = tf.constant(stored.ids.astype(np.int64)), tf.constant(stored.offsets.astype(np.int64))

    def gather(rows: Any) -> Any:
        places = tf.ragged.range(tf.gather(offsets, rows), tf.gather(offsets, rows + 1))
        cells = tf.stack([places.value_rowids(), tf.gather(ids, places.flat_values)], axis=1)
        return tf.SparseTensor(cells, tf.ones(tf.shape(cells)[:1]), tf.stack([tf.size(rows, tf.int64), width]))

    return gather


def _only(named: Mapping[str, Any]) -> Any:
    """A sequential model takes one array, not a mapping of one."""
    (array,) = named.values()
    return array
