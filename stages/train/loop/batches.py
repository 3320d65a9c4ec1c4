"""Batches as tensors, gathered inside the compiled epoch from the arrays of a split."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from stages.core.artefacts.processed import InputSpec, ProcessedData, TargetSpec
from stages.core.artefacts.ragged_rows import RaggedRows, Rows
from stages.core.artefacts.shared_rows import SharedRows
from stages.core.artefacts.windows import Window
from stages.core.columns.scaling import apply_steps
from stages.core.columns.series.window_steps import apply_to_targets, apply_window_steps
from stages.train.class_weights import SampleWeights

# Inputs, targets and, if samples are weighted, weights.
Batch = tuple[Any, ...]
GetBatch = Callable[[Any], Batch]
GetRows = Callable[[Any], Any]


def batch_getter(
    processed: ProcessedData, split: str, model: keras.Model, sample_weights: SampleWeights | None = None
) -> GetBatch:
    """Return a function that takes sample numbers and gives the model's inputs and targets of these samples.

    With `sample_weights` it gives the weights of these samples too.

    Windows are cut, and their steps and those that are `scaled_per_batch` applied, for one batch at a time.
    """
    arrays, fitted = processed.splits[split], processed.fitted
    window = fitted.window
    inputs = {name: _row_getter(rows, fitted.inputs[name]) for name, rows in arrays.inputs.items()}
    targets = {name: _target_getter(array, fitted.targets[name], window) for name, array in arrays.targets.items()}
    weights = {name: tf.constant(array) for name, array in (sample_weights or {}).items()}

    def get_batch(samples: Any) -> Batch:
        input_rows = window.input_rows(samples) if window else samples
        x = {
            name: apply_window_steps(fitted.inputs[name].window_steps, get_rows(input_rows), keras.ops)
            for name, get_rows in inputs.items()
        }
        y = {name: get_targets(samples) for name, get_targets in targets.items()}
        # The weights are those of samples, whose rows are counted in windows.
        w = {name: tf.gather(array, samples) for name, array in weights.items()}
        # A sequential model takes one array, a functional one a mapping.
        if isinstance(model, keras.Sequential):
            return (*x.values(), *y.values(), *w.values())
        return (x, y, w) if w else (x, y)

    return get_batch


def _target_getter(stored: NDArray[Any], spec: TargetSpec, window: Window | None) -> GetRows:
    """Return a function that takes sample numbers and gives the targets of these samples."""
    array = tf.constant(stored)
    if window is None:
        return lambda samples: tf.gather(array, samples)
    if spec.classes is not None or (spec.step_count == 1 and not spec.window_steps):
        return lambda samples: tf.gather(array, window.target_rows(samples)[:, -1])

    def get_targets(samples: Any) -> Any:
        targets = tf.gather(array, window.target_rows(samples))
        known = tf.gather(array, window.input_rows(samples)) if spec.window_steps else targets
        return apply_to_targets(spec.window_steps, targets, known, keras.ops)

    return get_targets


def _row_getter(stored: Rows, spec: InputSpec) -> GetRows:
    """Return a function that takes row numbers and gives the rows as the model takes them."""
    if isinstance(stored, RaggedRows):
        return _sparse_row_getter(stored, spec.shape[0])
    if spec.id_count:
        ids = tf.constant(stored)
        return lambda rows: tf.gather(ids, rows)
    steps = spec.steps if spec.scaled_per_batch else []
    if isinstance(stored, SharedRows):
        values, numbers = tf.constant(stored.values), tf.constant(stored.numbers)
        return lambda rows: apply_steps(
            steps, tf.cast(tf.gather(values, tf.gather(numbers, rows)), tf.float32), keras.ops
        )
    array = tf.constant(stored)
    return lambda rows: apply_steps(steps, tf.cast(tf.gather(array, rows), tf.float32), keras.ops)


def _sparse_row_getter(stored: RaggedRows, width: int) -> GetRows:
    """The rows as sparse tensors: a dense row has one number for every word of the vocabulary."""
    ids, offsets = tf.constant(stored.ids.astype(np.int64)), tf.constant(stored.offsets.astype(np.int64))
    weights = None if stored.weights is None else tf.constant(stored.weights)

    def get_rows(rows: Any) -> Any:
        positions = tf.ragged.range(tf.gather(offsets, rows), tf.gather(offsets, rows + 1))
        indices = tf.stack([positions.value_rowids(), tf.gather(ids, positions.flat_values)], axis=1)
        values = tf.ones(tf.shape(indices)[:1]) if weights is None else tf.gather(weights, positions.flat_values)
        return tf.SparseTensor(indices, values, tf.stack([tf.size(rows, tf.int64), width]))

    return get_rows
