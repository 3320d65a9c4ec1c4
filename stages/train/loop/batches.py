"""Batches as tensors, gathered inside the compiled epoch from the arrays of a split."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from stages.core.artefacts.processed import Fitted, InputSpec, ProcessedData, TargetSpec
from stages.core.artefacts.raw.ragged_rows import RaggedRows, Rows
from stages.core.artefacts.raw.shared_rows import SharedRows
from stages.core.artefacts.windows import Window
from stages.core.columns.scaling import apply_steps
from stages.core.columns.series.window_steps import apply_to_targets, apply_window_steps
from stages.train.class_weights import SampleWeights

# Inputs, targets and, if samples are weighted, weights.
Batch = tuple[Any, ...]
GetBatch = Callable[[Any], Batch]


class SparseRows(NamedTuple):
    """RaggedRows as tensors."""

    ids: Any
    offsets: Any
    weights: Any | None


class RowsByNumber(NamedTuple):
    """SharedRows as tensors."""

    values: Any
    numbers: Any


class SampleArrays(NamedTuple):
    """The stored rows of samples by input and target, and the weights of the samples by target: arrays or tensors."""

    inputs: Mapping[str, Any]
    targets: Mapping[str, Any]
    weights: Mapping[str, Any]


# Takes the stored rows as tensors, and the numbers of samples in them.
MakeBatch = Callable[[SampleArrays, Any], Batch]


def batch_getter(
    processed: ProcessedData, split: str, model: keras.Model, sample_weights: SampleWeights | None = None
) -> GetBatch:
    """Return a function that takes sample numbers and gives the model's inputs and targets of these samples.

    With `sample_weights` it gives the weights of these samples too.
    """
    stored = processed.splits[split]
    tensors = as_tensors(SampleArrays(stored.inputs, stored.targets, sample_weights or {}))
    make_batch = batch_maker(processed.fitted, model, processed.fitted.window)
    return lambda samples: make_batch(tensors, samples)


def as_tensors(arrays: SampleArrays) -> SampleArrays:
    """Copy arrays into tensors."""
    inputs = {name: _rows_as_tensors(rows) for name, rows in arrays.inputs.items()}
    targets = {name: tf.constant(array) for name, array in arrays.targets.items()}
    return SampleArrays(inputs, targets, {name: tf.constant(array) for name, array in arrays.weights.items()})


def _rows_as_tensors(rows: Rows) -> Any:
    if isinstance(rows, RaggedRows):
        weights = None if rows.weights is None else tf.constant(rows.weights)
        return SparseRows(tf.constant(rows.ids.astype(np.int64)), tf.constant(rows.offsets.astype(np.int64)), weights)
    if isinstance(rows, SharedRows):
        return RowsByNumber(tf.constant(rows.values), tf.constant(rows.numbers))
    return tf.constant(rows)


def batch_maker(fitted: Fitted, model: keras.Model, window: Window | None) -> MakeBatch:
    """Return a function that takes stored rows and numbers of samples, and gives the batch of these samples.

    Windows are cut, and their steps and those that are `scaled_per_batch` applied, for one batch at a time.
    """

    def make_batch(arrays: SampleArrays, samples: Any) -> Batch:
        input_rows = window.input_rows(samples) if window else samples
        x = {}
        for name, stored in arrays.inputs.items():
            rows = _take_rows(stored, fitted.inputs[name], input_rows)
            x[name] = apply_window_steps(fitted.inputs[name].window_steps, rows, keras.ops)
        y = {
            name: _take_targets(stored, fitted.targets[name], window, samples)
            for name, stored in arrays.targets.items()
        }
        # The weights are those of samples, whose rows are counted in windows.
        w = {name: tf.gather(array, samples) for name, array in arrays.weights.items()}
        # A sequential model takes one array, a functional one a mapping.
        if isinstance(model, keras.Sequential):
            return (*x.values(), *y.values(), *w.values())
        return (x, y, w) if w else (x, y)

    return make_batch


def _take_targets(stored: Any, spec: TargetSpec, window: Window | None, samples: Any) -> Any:
    """The targets of these samples."""
    if window is None:
        return tf.gather(stored, samples)
    if spec.classes is not None or (spec.step_count == 1 and not spec.window_steps):
        return tf.gather(stored, window.target_rows(samples)[:, -1])
    targets = tf.gather(stored, window.target_rows(samples))
    known = tf.gather(stored, window.input_rows(samples)) if spec.window_steps else targets
    return apply_to_targets(spec.window_steps, targets, known, keras.ops)


def _take_rows(stored: Any, spec: InputSpec, rows: Any) -> Any:
    """The rows with these numbers as the model takes them."""
    if isinstance(stored, SparseRows):
        return _take_sparse_rows(stored, spec.shape[0], rows)
    if spec.id_count:
        return tf.gather(stored, rows)
    steps = spec.steps if spec.scaled_per_batch else []
    if isinstance(stored, RowsByNumber):
        taken = tf.gather(stored.values, tf.gather(stored.numbers, rows))
    else:
        taken = tf.gather(stored, rows)
    return apply_steps(steps, tf.cast(taken, tf.float32), keras.ops)


def _take_sparse_rows(stored: SparseRows, width: int, rows: Any) -> Any:
    """The rows as a sparse tensor: a dense row has one number for every word of the vocabulary."""
    ids, offsets, weights = stored
    positions = tf.ragged.range(tf.gather(offsets, rows), tf.gather(offsets, rows + 1))
    indices = tf.stack([positions.value_rowids(), tf.gather(ids, positions.flat_values)], axis=1)
    values = tf.ones(tf.shape(indices)[:1]) if weights is None else tf.gather(weights, positions.flat_values)
    return tf.SparseTensor(indices, values, tf.stack([tf.size(rows, tf.int64), width]))
