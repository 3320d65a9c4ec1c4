"""What the layers of each body do: the same bits twice, and at prediction nothing that is drawn by lot."""

import keras
import numpy as np
import pytest

from stages.core.errors import UserError
from stages.train.loop.compiled_epochs import generators_of, states_of
from stages.train.loop.training import Training
from stages.train.model.build_model import build
from stages.train.model.check_layer_names import check_names
from stages.train.model.save_model import save_archive
from tests.train.made import an_input, fitted, params, processed, values

GREY, COLOUR, STEPS = [8, 8, 1], [8, 8, 3], [5, 2]
AUGMENT = {"flip": True, "shift": 0.2, "rotate": 0.1}
BODIES = [
    ({"kind": "cnn", "filters": [3, 4], "batch_norm": True, "convolutions": 2, "block_dropout": 0.5}, COLOUR),
    ({"kind": "cnn", "filters": [3], "augment": AUGMENT, "average": True, "units": [4], "dropout": 0.5}, COLOUR),
    ({"kind": "gru", "cells": [3]}, GREY),
    ({"kind": "transformer", "width": 4, "heads": 2, "feed_forward": 6, "units": [3]}, STEPS),
]


def model_of(body, shape, **terms):
    return build(params(model=body, **terms), fitted({"x": an_input(*shape)}, {"y": values()}))


def pictures(shape, count=6):
    return np.random.default_rng(0).uniform(size=(count, *shape)).astype("float32")


@pytest.mark.parametrize(("body", "shape"), BODIES, ids=[body["kind"] for body, _ in BODIES])
def test_two_trainings_are_the_same_bytes_and_load_as_what_they_were(body, shape, tmp_path):
    own = processed({"x": an_input(*shape)}, {"y": values()})
    terms = params(model=body, optimizer={"kind": "adam"}, epochs=2)
    x = own.inputs("validation")["x"]
    for name in ("one", "two"):
        training = Training(own, terms)
        model, outcome = training.model, training.run(0, 2, "test")
        save_archive(model, tmp_path / name / "model.keras")
        model_of({"kind": "mlp", "units": [2]}, [3], seed=9)
    assert all(np.isfinite(v) for figures in outcome.history for v in figures.values())
    assert (tmp_path / "one/model.keras").read_bytes() == (tmp_path / "two/model.keras").read_bytes()
    loaded = keras.saving.load_model(tmp_path / "one/model.keras", compile=False, safe_mode=True)
    assert told(loaded, x) == told(model, x)


def told(model, x):
    given = model.predict_on_batch(x if isinstance(model, keras.Sequential) else {"x": x})
    return (given if isinstance(model, keras.Sequential) else given["y"]).tolist()


def test_pictures_are_moved_while_learning_and_left_alone_at_prediction():
    plain = {"kind": "cnn", "filters": [3]}
    moved, still = model_of(plain | {"augment": AUGMENT}, COLOUR), model_of(plain, COLOUR)
    still.set_weights(moved.get_weights())
    x = pictures(COLOUR)
    assert told(moved, x) == told(still, x)
    np.testing.assert_array_equal(moved(x, training=False), still(x, training=False))
    assert not np.allclose(moved(x, training=True), still(x, training=True))


@pytest.mark.parametrize("augment", [{"flip": True}, {"shift": 0.3}, {"rotate": 0.2}])
def test_how_pictures_are_moved_depends_on_the_seed_and_the_epoch(augment):
    model, x = model_of({"kind": "cnn", "filters": [2], "augment": augment}, COLOUR), pictures(COLOUR, 32)

    def moved(seed, epoch):
        generators = generators_of(model)
        for generator, state in zip(generators, states_of(seed, epoch, len(generators)), strict=True):
            generator.state.assign(state)
        return np.asarray(model(x, training=True)).tolist()

    first = moved(1, 1)
    assert moved(1, 2) != first
    assert moved(2, 1) != first
    assert moved(1, 1) == first


def test_flipped_pictures_are_mirrored_left_to_right_or_not_at_all():
    flip = model_of({"kind": "cnn", "filters": [2], "augment": {"flip": True}}, GREY).get_layer("flip")
    x = pictures(GREY, 32)
    kinds = {
        "kept" if (a == b).all() else "mirrored" if (a == b[:, ::-1]).all() else "else"
        for a, b in zip(np.asarray(flip(x, training=True)), x, strict=True)
    }
    assert kinds == {"kept", "mirrored"}


def test_batches_are_normalised_by_what_training_saw():
    """At prediction by the running figures: one picture's answer does not depend on the others beside it."""
    model, x = model_of({"kind": "cnn", "filters": [2], "batch_norm": True}, GREY), pictures(GREY)
    np.testing.assert_allclose(model.predict_on_batch(x)[:1], model.predict_on_batch(x[:1]), rtol=1e-5)
    assert not np.allclose(model(x, training=True)[:1], model(x[:1], training=True))


def test_a_grey_picture_is_read_row_by_row():
    by_rows, by_steps = (
        model_of({"kind": "gru", "cells": [3]}, [28, 28, 1]),
        model_of({"kind": "gru", "cells": [3]}, [28, 28]),
    )
    x = pictures([28, 28, 1])
    assert told(by_rows, x) == told(by_steps, x[..., 0])


def test_a_transformer_knows_which_step_is_which():
    model = model_of({"kind": "transformer", "width": 4}, STEPS)
    position = model.get_layer("steps").weights[1]
    x = pictures(STEPS)
    assert told(model, x) == pytest.approx(np.array(told(model, x[:, ::-1])), rel=1e-4)
    position.assign(np.random.default_rng(1).normal(size=(5, 4)))
    assert told(model, x) != pytest.approx(np.array(told(model, x[:, ::-1])), rel=1e-4)


NAMED = [*BODIES, ({"kind": "mlp", "units": [2], "dropout": 0.5}, [3]), ({"kind": "simple_rnn", "cells": [2]}, STEPS)]


@pytest.mark.parametrize("branch", [False, True])
@pytest.mark.parametrize(("body", "shape"), NAMED, ids=[body["kind"] for body, _ in NAMED])
def test_no_target_may_be_called_what_the_model_calls_a_layer(body, shape, branch):
    """Keras refuses two layers of one name, with a traceback."""
    model = model_of({"kind": "branches", "inputs": {"x": body}, "units": [2]} if branch else body, shape)
    free = []
    for name in {layer.name for layer in model.layers} - {"x", "y"}:
        try:
            check_names(fitted({"x": an_input(*shape)}, {name: values()}))
            free.append(name)
        except UserError:
            pass
    assert sorted(free) == []
