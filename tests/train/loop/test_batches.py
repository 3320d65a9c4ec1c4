"""Batches inside the compiled epoch are the samples that NumPy gives everyone else."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from stages.core.artefacts.processed import InputSpec
from stages.core.artefacts.ragged_rows import RaggedRows
from stages.core.columns.image_pixels import ImagePixels
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.scaling import LinearScaling, UnitLength
from stages.core.columns.token_ids import TokenIds
from stages.train.loop.batches import feeder
from tests.train.made import an_input, classes, fitted, one_split, values, window

SEQUENTIAL = keras.Sequential(name="one")
FUNCTIONAL = keras.Model({"x": (i := keras.Input((1,), name="x"))}, {"y": i}, name="several")


def fed(processed, model, samples):
    x, y = feeder(processed, "train", model)(tf.constant(samples, tf.int32))
    return x, y


def test_rows_are_gathered_in_the_order_asked_for():
    x, y = np.arange(8.0).reshape(4, 2), np.arange(4.0).reshape(4, 1)
    own = one_split(fitted({"x": an_input(2)}, {"y": values()}), {"x": x}, {"y": y}, 4)
    inputs, targets = fed(own, SEQUENTIAL, [3, 0])
    assert inputs.numpy().tolist() == [[6, 7], [0, 1]]
    assert targets.numpy().tolist() == [[3], [0]]
    assert inputs.dtype == tf.float32


@pytest.mark.parametrize(("length", "stride", "horizon"), [(1, 1, 1), (3, 1, 1), (3, 2, 1), (2, 1, 4), (4, 3, 2)])
def test_windows_are_cut_as_numpy_cuts_them(length, stride, horizon):
    cut = window(length, stride, horizon)
    x = np.random.default_rng(0).normal(size=(20, 2))
    y = np.arange(20.0).reshape(20, 1)
    samples = cut.count(20)
    own = one_split(fitted({"x": an_input(length, 2)}, {"y": values()}, window=cut), {"x": x}, {"y": y}, samples)
    inputs, targets = fed(own, SEQUENTIAL, range(samples))
    np.testing.assert_array_equal(inputs, own.inputs("train")["x"])
    np.testing.assert_array_equal(targets, own.targets("train")["y"])


def test_the_last_window_ends_at_the_last_row():
    cut = window(3, 1, 2)
    series = np.arange(10.0).reshape(10, 1)
    own = one_split(fitted({"x": an_input(3, 1)}, {"y": values()}, window=cut), {"x": series}, {"y": series}, 6)
    inputs, targets = fed(own, SEQUENTIAL, [5])
    assert inputs.numpy().ravel().tolist() == [5, 6, 7]
    assert targets.numpy().tolist() == [[9]]


@pytest.mark.parametrize(
    "steps",
    [
        [LinearScaling(name="divide", offset=[0.0], scale=[255.0])],
        [LinearScaling(name="standard", offset=[33.3], scale=[77.7]), UnitLength(axis=1)],
        [UnitLength(axis=2)],
    ],
)
def test_pictures_are_scaled_a_batch_at_a_time_as_numpy_scales_them(steps):
    pictures = np.random.default_rng(0).integers(0, 256, size=(5, 4, 3, 1)).astype(np.uint8)
    late = InputSpec(column=ImagePixels(columns=["image"], steps=steps), shape=[4, 3, 1])
    own = one_split(fitted({"x": late}, {"y": classes("integer", 3)}), {"x": pictures}, {"y": np.arange(5) % 3}, 5)
    inputs, _ = fed(own, SEQUENTIAL, range(5))
    np.testing.assert_allclose(inputs, own.inputs("train")["x"], rtol=1e-6)
    assert inputs.dtype == tf.float32


def texts(ids, offsets, width=6):
    spec = InputSpec(column=TokenIds(columns=["text"], vocabulary_size=width), shape=[width])
    rows, count = RaggedRows(np.array(ids, np.uint8), np.array(offsets)), len(offsets) - 1
    described = fitted({"x": spec}, {"y": classes("integer", 3)})
    return one_split(described, {"x": rows}, {"y": np.arange(count) % 3}, count)


def hot(words):
    return tf.sparse.to_dense(words).numpy()


@pytest.mark.parametrize("samples", [[0, 1, 2, 3, 4], [4, 0], [3, 3, 1], [1], [0, 4]])
def test_texts_name_the_words_that_numpy_would_spread_out(samples):
    """The first and the last of them have no word at all."""
    own = texts([5, 0, 1, 2, 3, 4], [0, 0, 1, 3, 6, 6])
    inputs, targets = fed(own, SEQUENTIAL, samples)
    np.testing.assert_array_equal(hot(inputs), own.inputs("train")["x"][samples], strict=True)
    assert targets.numpy().tolist() == [n % 3 for n in samples]


def test_texts_without_a_single_word():
    inputs, _ = fed(texts([], [0, 0, 0]), SEQUENTIAL, [1, 0])
    assert hot(inputs).tolist() == [[0] * 6] * 2


def test_texts_as_a_compiled_epoch_meets_them():
    """Inside a graph the shape must be known before the rows are."""
    own = texts([5, 0, 1, 2, 3, 4], [0, 1, 3, 4, 6])
    batch = tf.function(feeder(own, "train", SEQUENTIAL), autograph=False)
    inputs, _ = batch(tf.constant([2, 1], tf.int32))
    np.testing.assert_array_equal(hot(inputs), own.inputs("train")["x"][[2, 1]])
    assert batch.get_concrete_function(tf.TensorSpec([None], tf.int32)).structured_outputs[0].shape[-1] == 6


def test_early_steps_are_not_applied_twice():
    done = InputSpec(
        column=NumberColumns(columns=["a"], steps=[LinearScaling(name="divide", offset=[0.0], scale=[10.0])]), shape=[1]
    )
    own = one_split(fitted({"x": done}, {"y": values()}), {"x": np.ones((2, 1))}, {"y": np.ones((2, 1))}, 2)
    assert fed(own, SEQUENTIAL, [0, 1])[0].numpy().tolist() == [[1], [1]]


def test_several_inputs_and_targets_come_by_name():
    inputs = {"x": np.arange(3.0).reshape(3, 1), "z": np.arange(6.0).reshape(3, 2)}
    targets = {"y": np.arange(3.0).reshape(3, 1), "kind": np.array([2, 1, 0])}
    described = fitted({"x": an_input(1), "z": an_input(2)}, {"y": values(), "kind": classes("integer", 3)})
    x, y = fed(one_split(described, inputs, targets, 3), FUNCTIONAL, [2])
    assert {n: v.numpy().tolist() for n, v in x.items()} == {"x": [[2]], "z": [[4, 5]]}
    assert {n: v.numpy().tolist() for n, v in y.items()} == {"y": [[2]], "kind": [0]}
