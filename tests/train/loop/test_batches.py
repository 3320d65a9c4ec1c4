"""Batches of the compiled epoch have the same samples as `ProcessedData`."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.artefacts.windows import Window
from stages.core.columns.scaling import LinearScaling, UnitLength
from stages.core.columns.series.window_steps import FittedNormalizeWindow, FittedRelativeToLast
from stages.train.loop.batches import batch_getter
from tests.train.small_data import (
    category_ids_input,
    class_target,
    fitted_data,
    image_input,
    input_spec,
    random_data,
    scaled_input,
    text_ids_input,
    text_input,
    tf_idf_input,
    training_data,
    value_target,
    window_over,
)

SEQUENTIAL = keras.Sequential(name="sequential")
FUNCTIONAL = keras.Model({"x": (i := keras.Input((1,), name="x"))}, {"y": i}, name="functional")


def batch_of(data, model, samples):
    return batch_getter(data, "train", model)(tf.constant(samples, tf.int32))


def test_rows_are_in_the_order_of_the_sample_numbers():
    x, y = np.arange(8.0).reshape(4, 2), np.arange(4.0).reshape(4, 1)
    data = training_data(fitted_data({"x": input_spec(2)}, {"y": value_target()}), {"x": x}, {"y": y}, 4)
    inputs, targets = batch_of(data, SEQUENTIAL, [3, 0])
    assert inputs.numpy().tolist() == [[6, 7], [0, 1]]
    assert targets.numpy().tolist() == [[3], [0]]
    assert inputs.dtype == tf.float32


@pytest.mark.parametrize(("length", "stride", "horizon"), [(1, 1, 1), (3, 1, 1), (3, 2, 1), (2, 1, 4), (4, 3, 2)])
def test_windows_are_those_of_numpy(length, stride, horizon):
    window = window_over(length, stride, horizon)
    x = np.random.default_rng(0).normal(size=(20, 2))
    y = np.arange(20.0).reshape(20, 1)
    samples = window.count(20)
    data = training_data(
        fitted_data({"x": input_spec(length, 2)}, {"y": value_target()}, window=window), {"x": x}, {"y": y}, samples
    )
    inputs, targets = batch_of(data, SEQUENTIAL, range(samples))
    np.testing.assert_array_equal(inputs, data.inputs("train")["x"])
    np.testing.assert_array_equal(targets, data.targets("train")["y"])


@pytest.mark.parametrize("steps", ["last", "all"])
@pytest.mark.parametrize("step", [FittedRelativeToLast(), FittedNormalizeWindow()])
def test_steps_on_windows_are_those_of_numpy(step, steps):
    window = Window(length=4, stride=2, horizon=3, steps=steps)
    count = len(window.steps_ahead)
    scaling = LinearScaling(name="standard", offset=[0.0] * count, scale=[2.0] * count)
    target = value_target().model_copy(update={"window_steps": [step, scaling], "step_count": count})
    spec = input_spec(4, 2).model_copy(update={"window_steps": [step]})
    x, y = np.random.default_rng(0).normal(size=(20, 2)), np.arange(20.0).reshape(20, 1) ** 2
    data = training_data(fitted_data({"x": spec}, {"y": target}, window=window), {"x": x}, {"y": y}, window.count(20))
    inputs, targets = batch_of(data, SEQUENTIAL, range(window.count(20)))
    assert targets.shape == (window.count(20), count)
    np.testing.assert_allclose(inputs, data.inputs("train")["x"], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(targets, data.targets("train")["y"], rtol=1e-5, atol=1e-6)


def test_the_last_window_ends_at_the_last_row():
    window = window_over(3, 1, 2)
    series = np.arange(10.0).reshape(10, 1)
    data = training_data(
        fitted_data({"x": input_spec(3, 1)}, {"y": value_target()}, window=window), {"x": series}, {"y": series}, 6
    )
    inputs, targets = batch_of(data, SEQUENTIAL, [5])
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
def test_images_are_scaled_per_batch_as_numpy_scales_them(steps):
    images = np.random.default_rng(0).integers(0, 256, size=(5, 4, 3, 1)).astype(np.uint8)
    spec = image_input(steps, 4, 3, 1)
    data = training_data(
        fitted_data({"x": spec}, {"y": class_target("integer", 3)}), {"x": images}, {"y": np.arange(5) % 3}, 5
    )
    inputs, _ = batch_of(data, SEQUENTIAL, range(5))
    np.testing.assert_allclose(inputs, data.inputs("train")["x"], rtol=1e-6)
    assert inputs.dtype == tf.float32


def text_data(ids, offsets, vocabulary=6):
    rows, count = RaggedRows(np.array(ids, np.uint8), np.array(offsets)), len(offsets) - 1
    fitted = fitted_data({"x": text_input(vocabulary)}, {"y": class_target("integer", 3)})
    return training_data(fitted, {"x": rows}, {"y": np.arange(count) % 3}, count)


def dense(sparse):
    return tf.sparse.to_dense(sparse).numpy()


@pytest.mark.parametrize("samples", [[0, 1, 2, 3, 4], [4, 0], [3, 3, 1], [1], [0, 4]])
def test_sparse_texts_are_the_multi_hot_rows_of_numpy(samples):
    """The first and the last text have no words."""
    data = text_data([5, 0, 1, 2, 3, 4], [0, 0, 1, 3, 6, 6])
    inputs, targets = batch_of(data, SEQUENTIAL, samples)
    np.testing.assert_array_equal(dense(inputs), data.inputs("train")["x"][samples], strict=True)
    assert targets.numpy().tolist() == [n % 3 for n in samples]


def test_weights_of_words_are_those_of_numpy():
    data = random_data({"x": tf_idf_input(6)}, {"y": value_target()}, train=5)
    inputs, _ = batch_of(data, SEQUENTIAL, [4, 0, 2])
    np.testing.assert_array_equal(dense(inputs), data.inputs("train")["x"][[4, 0, 2]], strict=True)


def test_ids_stay_integers():
    data = random_data({"x": text_ids_input(6, 4)}, {"y": value_target()}, train=5)
    inputs, _ = batch_of(data, SEQUENTIAL, [4, 0])
    np.testing.assert_array_equal(inputs.numpy(), data.inputs("train")["x"][[4, 0]], strict=True)
    assert inputs.dtype == tf.int32


def test_windows_of_categories_are_those_of_numpy():
    window, ids = window_over(3, 2, 1), np.array([[2], [3], [0], [5], [4], [2]], np.int32)
    fitted = fitted_data({"x": category_ids_input(4, steps=3)}, {"y": value_target()}, window=window)
    data = training_data(fitted, {"x": ids}, {"y": np.zeros((6, 1))}, window.count(6))
    inputs, _ = batch_of(data, SEQUENTIAL, [1, 0])
    assert inputs.dtype == tf.int32
    assert inputs.numpy()[:, :, 0].tolist() == [[0, 5, 4], [2, 3, 0]]
    np.testing.assert_array_equal(inputs, data.inputs("train")["x"][[1, 0]])


def test_texts_without_words():
    inputs, _ = batch_of(text_data([], [0, 0, 0]), SEQUENTIAL, [1, 0])
    assert dense(inputs).tolist() == [[0] * 6] * 2


def test_texts_in_a_compiled_function():
    """Dense layers need the number of columns when the function is compiled."""
    data = text_data([5, 0, 1, 2, 3, 4], [0, 1, 3, 4, 6])
    get_batch = tf.function(batch_getter(data, "train", SEQUENTIAL), autograph=False)
    inputs, _ = get_batch(tf.constant([2, 1], tf.int32))
    np.testing.assert_array_equal(dense(inputs), data.inputs("train")["x"][[2, 1]])
    assert get_batch.get_concrete_function(tf.TensorSpec([None], tf.int32)).structured_outputs[0].shape[-1] == 6


def test_steps_that_preprocess_applied_are_not_applied_again():
    spec = scaled_input("a", [LinearScaling(name="divide", offset=[0.0], scale=[10.0])])
    data = training_data(
        fitted_data({"x": spec}, {"y": value_target()}), {"x": np.ones((2, 1))}, {"y": np.ones((2, 1))}, 2
    )
    assert batch_of(data, SEQUENTIAL, [0, 1])[0].numpy().tolist() == [[1], [1]]


def test_several_inputs_and_targets_are_given_by_name():
    inputs = {"x": np.arange(3.0).reshape(3, 1), "z": np.arange(6.0).reshape(3, 2)}
    targets = {"y": np.arange(3.0).reshape(3, 1), "kind": np.array([2, 1, 0])}
    fitted = fitted_data(
        {"x": input_spec(1), "z": input_spec(2)}, {"y": value_target(), "kind": class_target("integer", 3)}
    )
    x, y = batch_of(training_data(fitted, inputs, targets, 3), FUNCTIONAL, [2])
    assert {n: v.numpy().tolist() for n, v in x.items()} == {"x": [[2]], "z": [[4, 5]]}
    assert {n: v.numpy().tolist() for n, v in y.items()} == {"y": [[2]], "kind": [0]}
