"""Which engine trains, with and without `engine` in the parameters."""

import pytest

from stages.core.errors import UserError
from stages.train.loop.choose_engine import choose_engine
from tests.train.small_data import (
    fitted_data,
    input_spec,
    picture_input,
    text_ids_input,
    text_input,
    tf_idf_input,
    train_params,
    value_target,
)

IMAGES, ROWS = input_spec(8, 8, 1), input_spec(3)
TEXTS, PICTURE = text_input(6), picture_input(8, 8, 3)
CNN, MLP = {"kind": "cnn", "filters": [2]}, {"kind": "mlp", "units": [2]}
CONVOLUTIONS_OF_WORDS = {"kind": "embedding", "body": "conv1d"}


def engine_for(model, spec, rows=40_000, **settings):
    fitted = fitted_data({"x": spec}, {"y": value_target()}, splits={"train": rows})
    return choose_engine(train_params(model=model, **settings), fitted)


@pytest.mark.parametrize(
    ("model", "spec", "engine"),
    [
        (MLP, ROWS, "fused"),
        ({"kind": "linear"}, ROWS, "fused"),
        ({"kind": "lstm", "cells": [2]}, input_spec(4, 3), "fused"),
        ({"kind": "transformer"}, input_spec(4, 3), "fused"),
        ({"kind": "nlinear"}, input_spec(4, 3), "fused"),
        ({"kind": "dlinear"}, input_spec(4, 3), "fused"),
        (CNN, IMAGES, "plain"),
        ({"kind": "conv1d", "filters": [2]}, input_spec(4, 3), "plain"),
        ({"kind": "mlp", "units": [2, 2], "norm": "batch", "residual": True}, ROWS, "fused"),
        (MLP, TEXTS, "plain"),
        (MLP, tf_idf_input(6), "plain"),
        (MLP, text_ids_input(6, 4), "fused"),
        ({"kind": "embedding"}, text_ids_input(6, 4), "fused"),
        ({"kind": "embedding", "body": "transformer"}, text_ids_input(6, 4), "fused"),
        (CONVOLUTIONS_OF_WORDS, text_ids_input(6, 4), "plain"),
        (MLP, PICTURE, "plain"),
        ({"kind": "linear"}, PICTURE, "fused"),
        ({"kind": "branches", "inputs": {"x": MLP}}, ROWS, "fused"),
        ({"kind": "branches", "inputs": {"x": CNN}}, IMAGES, "plain"),
    ],
)
def test_long_trainings_are_fused_where_the_model_can_be(model, spec, engine):
    assert engine_for(model, spec) == engine


def test_short_trainings_are_plain():
    """4,000 rows are 1,000 batches of 4 in each epoch; a smaller last batch counts."""
    assert engine_for(MLP, ROWS, rows=4_000, epochs=3) == "plain"
    assert engine_for(MLP, ROWS, rows=4_000, epochs=4) == "fused"
    assert engine_for(MLP, ROWS, rows=3_997, epochs=4) == "fused"
    assert engine_for(MLP, ROWS, rows=3_996, epochs=4) == "plain"


def test_recurrent_layers_over_words_are_fused_for_shorter_trainings():
    model, words = {"kind": "embedding", "body": "gru"}, text_ids_input(6, 4)
    assert engine_for(model, words, rows=800, epochs=3) == "plain"
    assert engine_for(model, words, rows=800, epochs=4) == "fused"
    assert engine_for({"kind": "embedding"}, words, rows=800, epochs=4) == "plain"


@pytest.mark.parametrize("kind", ["simple_rnn", "lstm", "gru"])
def test_recurrent_layers_are_fused_for_shorter_trainings(kind):
    """200 batches in each epoch; also in a branch."""
    model, steps = {"kind": kind, "cells": [2]}, input_spec(4, 3)
    assert engine_for(model, steps, rows=800, epochs=3) == "plain"
    assert engine_for(model, steps, rows=800, epochs=4) == "fused"
    assert engine_for({"kind": "branches", "inputs": {"x": model}}, steps, rows=800, epochs=4) == "fused"


@pytest.mark.parametrize("engine", ["plain", "fused"])
def test_a_given_engine_is_used(engine):
    assert engine_for(MLP, ROWS, engine=engine) == engine
    assert engine_for(MLP, ROWS, rows=4, engine=engine) == engine


@pytest.mark.parametrize(
    ("model", "spec", "obstacle"),
    [
        (MLP, TEXTS, "on the words of x"),
        (CNN, IMAGES, "convolutions"),
        (MLP, PICTURE, "convolutions"),
        (CONVOLUTIONS_OF_WORDS, text_ids_input(6, 4), "convolutions"),
        ({"kind": "conv1d", "filters": [2]}, input_spec(4, 3), "convolutions"),
    ],
)
def test_fused_is_refused_for_models_that_it_cannot_train(model, spec, obstacle):
    assert engine_for(model, spec, engine="plain") == "plain"
    with pytest.raises(UserError) as caught:
        engine_for(model, spec, engine="fused")
    assert str(caught.value).startswith(f"train.engine: fused cannot train {obstacle}; use plain")
