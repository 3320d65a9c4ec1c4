"""Embeddings of words and categories, and the bodies over them."""

from typing import Any

import keras
import numpy as np
import pytest

from stages.inference.keras_model.load_model import load_model
from stages.train.model.save_model import save_model
from tests.train.small_data import (
    build,
    category_ids_input,
    fitted_data,
    input_spec,
    text_ids_input,
    text_input,
    tf_idf_input,
    train_params,
    value_target,
)

WIDTH = 4
BODIES: dict[str, Any] = {
    "average": "average",
    "conv1d": {"kind": "conv1d", "filters": [3], "kernel": 3},
    "two convolutions": {"kind": "conv1d", "filters": [3, 5], "kernel": 2},
    "lstm": {"kind": "lstm", "cells": [3]},
    "gru": {"kind": "gru", "cells": [3, 2]},
    "transformer": {"kind": "transformer", "heads": 2, "feed_forward": 5},
}
every_body = pytest.mark.parametrize("name", BODIES)


def model_of(model: dict[str, Any], **inputs: Any) -> keras.Model:
    return build(train_params(model=model), fitted_data(inputs, {"y": value_target()}))


def text_model(name: str, length: int, words: int = 8) -> keras.Model:
    model = {"kind": "embedding", "width": WIDTH, "body": BODIES[name]}
    return model_of(model, message=text_ids_input(words, length))


def outputs(model: keras.Model, inputs: dict[str, Any]) -> Any:
    """Eagerly: to compile a function for each model takes most of the time of `predict`."""
    return keras.ops.convert_to_numpy(model(inputs, training=False)["y"])


def predict(model: keras.Model, ids: list[list[int]]) -> Any:
    return outputs(model, {"message": np.array(ids, np.int32)})


def dense(inputs: int, *units: int) -> int:
    return sum((n + 1) * m for n, m in zip((inputs, *units), units, strict=False))


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("average", dense(WIDTH, 1)),
        ("conv1d", (3 * WIDTH + 1) * 3 + dense(3, 1)),
        ("two convolutions", (2 * WIDTH + 1) * 3 + (2 * 3 + 1) * 5 + dense(5, 1)),
        ("lstm", 4 * (WIDTH + 3 + 1) * 3 + dense(3, 1)),
        ("gru", 3 * (WIDTH + 3 + 2) * 3 + 3 * (3 + 2 + 2) * 2 + dense(2, 1)),
        (
            "transformer",
            (WIDTH + 6) * WIDTH + 4 * dense(WIDTH, WIDTH) + 2 * 2 * WIDTH + dense(WIDTH, 5, WIDTH) + dense(WIDTH, 1),
        ),
    ],
)
def test_the_number_of_parameters(name: str, count: int) -> None:
    """The embedding has a row for each of 8 words, for padding and for unknown words."""
    assert text_model(name, length=6).count_params() == 10 * WIDTH + count


@every_body
def test_padding_has_no_effect(name: str) -> None:
    """A text gives the same with more padding, whatever the vector of id 0 is."""
    short, long = (text_model(name, length) for length in (3, 7))
    weights = long.get_weights()
    if name == "transformer":
        # The position encoding has a row for each position; only the first three positions have words.
        short.set_weights(
            [new[:3] if new.shape != old.shape else new for new, old in zip(weights, short.get_weights(), strict=True)]
        )
    else:
        short.set_weights(weights)
    text, padded = [[2, 3, 4]], [[2, 3, 4, 0, 0, 0, 0]]
    np.testing.assert_allclose(predict(short, text), predict(long, padded), rtol=1e-5, atol=1e-7)
    before = predict(long, padded)
    long.get_layer("embedding").embeddings.assign(_with_other_padding(weights[0]))
    np.testing.assert_allclose(predict(long, padded), before, rtol=1e-6)


def _with_other_padding(embeddings: Any) -> Any:
    changed = embeddings.copy()
    changed[0] += 100.0
    return changed


@every_body
def test_every_word_counts(name: str) -> None:
    model = text_model(name, length=5)
    texts = predict(model, [[2, 3, 4, 0, 0], [2, 3, 5, 0, 0], [6, 3, 4, 0, 0], [2, 3, 4, 7, 0]])
    assert len(np.unique(texts)) == 4


def test_the_mean_of_the_vectors_by_hand() -> None:
    model = text_model("average", length=4)
    vectors, weights, bias = model.get_weights()
    expected = vectors[[2, 5]].mean(axis=0) @ weights + bias
    np.testing.assert_allclose(predict(model, [[2, 5, 0, 0]])[0], expected, rtol=1e-5)


def test_the_maximum_over_convolutions_by_hand() -> None:
    """With filters of one word: the maximum of relu(vector x weights + bias) over the words."""
    model = model_of(
        {"kind": "embedding", "width": WIDTH, "body": {"kind": "conv1d", "filters": [3], "kernel": 1}},
        message=text_ids_input(8, 4),
    )
    model.get_layer("conv_1").bias.assign([5.0, -5.0, 0.0])
    vectors, kernel, kernel_bias, weights, bias = model.get_weights()
    maximum = np.maximum(vectors[[2, 5]] @ kernel[0] + kernel_bias, 0).max(axis=0)
    np.testing.assert_allclose(predict(model, [[2, 5, 0, 0]])[0], maximum @ weights + bias, rtol=1e-5)


@pytest.mark.parametrize(("categories", "width"), [(1, 1), (2, 1), (3, 2), (20, 10), (99, 50), (500, 50)])
def test_the_default_width_of_categories(categories: int, width: int) -> None:
    model = model_of({"kind": "embedding"}, port=category_ids_input(categories))
    assert model.get_layer("embedding").embeddings.shape == (categories + 2, width)


def test_the_default_width_of_words() -> None:
    model = model_of({"kind": "linear"}, message=text_ids_input(3, 4))
    assert model.get_layer("embedding").embeddings.shape == (5, 32)


def window_model(name: str, steps: int = 3) -> keras.Model:
    model = {"kind": "embedding", "width": WIDTH, "body": BODIES[name]}
    return model_of(model, port=category_ids_input(6, steps))


@every_body
def test_every_category_of_a_window_counts(name: str) -> None:
    model = window_model(name)
    windows = np.array([[2, 3, 4], [2, 3, 5], [6, 3, 4], [2, 7, 4], [0, 3, 4], [2, 1, 4]], np.int32)[..., None]
    assert len(np.unique(outputs(model, {"port": windows}))) == 6
    swapped = outputs(model, {"port": windows[:1, ::-1]})
    order_counts = not np.allclose(swapped, outputs(model, {"port": windows[:1]}), rtol=1e-6)
    # The position encoding of a transformer is 0 before training.
    assert order_counts == (name not in ("average", "transformer"))


@pytest.mark.parametrize("model", [{"kind": "linear"}, {"kind": "mlp", "units": [3]}])
def test_the_steps_of_categories_and_numbers_are_concatenated(model: dict[str, Any]) -> None:
    built = model_of(model, x=input_spec(5, 2), port=category_ids_input(6, 5))
    assert built.get_layer("joined").output.shape == (None, 5 * 2 + 5 * 3)
    ids = np.array([[2, 3, 4, 5, 6], [3, 2, 4, 5, 6]], np.int32)[..., None]
    first, second = outputs(built, {"x": np.zeros((2, 5, 2)), "port": ids})
    assert first != second


def test_branches_over_the_steps_of_categories_and_numbers() -> None:
    branches = {"x": {"kind": "gru", "cells": [2]}, "port": {"kind": "embedding", "body": BODIES["lstm"]}}
    built = model_of({"kind": "branches", "inputs": branches}, x=input_spec(5, 2), port=category_ids_input(6, 5))
    assert built.get_layer("joined").output.shape == (None, 2 + 3)


INPUTS = {
    "x": input_spec(3),
    "image": input_spec(2, 2),
    "port": category_ids_input(6),
    "message": text_ids_input(8, 5),
    "words": text_input(7),
    "weights": tf_idf_input(9),
}
JOINED = 3 + 2 * 2 + 3 + 32 + 7 + 9


@pytest.mark.parametrize(
    ("model", "units"), [({"kind": "linear"}, (1,)), ({"kind": "mlp", "units": [6, 4]}, (6, 4, 1))]
)
def test_all_inputs_are_concatenated(model: dict[str, Any], units: tuple[int, ...]) -> None:
    built = model_of(model, **INPUTS)
    assert built.get_layer("joined").output.shape == (None, JOINED)
    assert built.count_params() == 8 * 3 + 10 * 32 + dense(JOINED, *units)
    assert {layer.name for layer in built.layers} >= {"port_embedding", "message_average", "image_flatten"}


def test_a_branch_for_each_input() -> None:
    text = {"kind": "embedding", "body": BODIES["lstm"], "units": [5], "dropout": 0.5}
    branches = {"message": text, "x": {"kind": "linear"}, "port": {"kind": "embedding", "width": 7}}
    inputs = {name: INPUTS[name] for name in ("x", "port", "message")}
    built = model_of({"kind": "branches", "inputs": branches, "units": [2]}, **inputs)
    assert built.get_layer("joined").output.shape == (None, 5 + 3 + 7)
    assert "message_dropout_1" in {layer.name for layer in built.layers}


@every_body
def test_a_saved_model_of_windows_is_loaded(name: str, tmp_path: Any) -> None:
    model, windows = window_model(name), {"port": np.array([[[2], [3], [4]]], np.int32)}
    save_model(model, tmp_path)
    loaded = load_model(tmp_path)
    np.testing.assert_array_equal(outputs(model, windows), outputs(loaded, windows))


@pytest.mark.parametrize("name", [*BODIES, "all"])
def test_a_saved_model_is_loaded(name: str, tmp_path: Any) -> None:
    """Its layers are among those that are allowed in a file, and a second build is saved as the same bytes."""
    model = model_of({"kind": "linear"}, **INPUTS) if name == "all" else text_model(name, 5)
    save_model(model, tmp_path)
    loaded = load_model(tmp_path)
    random = np.random.default_rng(0)
    x = {layer.name: random.integers(1, 4, (3, *layer.shape[1:])).astype(layer.dtype) for layer in model.inputs}
    np.testing.assert_array_equal(outputs(model, x), outputs(loaded, x))
    saved = (tmp_path / "model.keras").read_bytes()
    save_model(model_of({"kind": "linear"}, **INPUTS) if name == "all" else text_model(name, 5), tmp_path)
    assert (tmp_path / "model.keras").read_bytes() == saved
