"""Which engine trains when conf/ leaves it open."""

import pytest

from stages.core.artefacts.processed import InputSpec
from stages.core.columns.token_ids import TokenIds
from stages.core.errors import UserError
from stages.train.loop.choose_engine import engine_of
from tests.train.made import an_input, fitted, params, values

PICTURES, ROWS = an_input(8, 8, 1), an_input(3)
WORDS = InputSpec(column=TokenIds(columns=["text"], vocabulary_size=6), shape=[6])
CNN, MLP = {"kind": "cnn", "filters": [2]}, {"kind": "mlp", "units": [2]}


def chosen(model, spec, rows=40_000, **terms):
    described = fitted({"x": spec}, {"y": values()}).model_copy(update={"splits": {"train": rows}})
    return engine_of(params(model=model, **terms), described)


@pytest.mark.parametrize(
    ("model", "spec", "engine"),
    [
        (MLP, ROWS, "fused"),
        ({"kind": "linear"}, ROWS, "fused"),
        ({"kind": "lstm", "cells": [2]}, an_input(4, 3), "fused"),
        ({"kind": "transformer"}, an_input(4, 3), "fused"),
        (CNN, PICTURES, "plain"),
        (MLP, WORDS, "plain"),
        ({"kind": "branches", "inputs": {"x": MLP}}, ROWS, "fused"),
        ({"kind": "branches", "inputs": {"x": CNN}}, PICTURES, "plain"),
    ],
)
def test_what_fits_the_model_is_chosen(model, spec, engine):
    assert chosen(model, spec) == engine


def test_a_short_training_is_over_before_a_compilation_has_paid():
    """Batches of 4: 1,000 an epoch of 4,000 rows, and one more for a row that is left over."""
    assert chosen(MLP, ROWS, rows=4_000, epochs=3) == "plain"
    assert chosen(MLP, ROWS, rows=4_000, epochs=4) == "fused"
    assert chosen(MLP, ROWS, rows=3_997, epochs=4) == "fused"
    assert chosen(MLP, ROWS, rows=3_996, epochs=4) == "plain"


@pytest.mark.parametrize("kind", ["simple_rnn", "lstm", "gru"])
def test_recurrent_layers_win_more_by_it(kind):
    """200 batches an epoch; in a branch, too."""
    body, steps = {"kind": kind, "cells": [2]}, an_input(4, 3)
    assert chosen(body, steps, rows=800, epochs=3) == "plain"
    assert chosen(body, steps, rows=800, epochs=4) == "fused"
    assert chosen({"kind": "branches", "inputs": {"x": body}}, steps, rows=800, epochs=4) == "fused"


@pytest.mark.parametrize("engine", ["plain", "fused"])
def test_what_conf_says_counts(engine):
    assert chosen(MLP, ROWS, engine=engine) == engine
    assert chosen(MLP, ROWS, rows=4, engine=engine) == engine


@pytest.mark.parametrize(
    ("model", "spec", "what"), [(MLP, WORDS, "on the words of x"), (CNN, PICTURES, "convolutions")]
)
def test_what_cannot_be_fused_is_told(model, spec, what):
    assert chosen(model, spec, engine="plain") == "plain"
    with pytest.raises(UserError) as caught:
        chosen(model, spec, engine="fused")
    assert str(caught.value) == f"train.engine: fused cannot train {what}; use plain or leave it out"
