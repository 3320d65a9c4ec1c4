"""A whole training: every kind of target, which weights are kept, when it stops, several seeds, and the refit."""

import numpy as np
import pytest

from stages.core.artefacts.processed import merge_splits
from stages.train.check_params_fit_data import metric_names
from stages.train.loop.training_loop import train_seeds
from tests.train.small_data import (
    DATA,
    class_target,
    input_spec,
    new_training,
    random_data,
    train,
    train_params,
    value_target,
    weights,
)

# The metrics of dropout with these rates change from epoch to epoch, so that the best epoch is not the last.
MODEL = {"kind": "mlp", "units": [4], "dropout": 0.5}
SGD = {"model": MODEL, "optimizer": {"kind": "sgd", "learning_rate": 0.5}}
ADAM = {"model": MODEL, "optimizer": {"kind": "adam", "learning_rate": 0.03}}


def recorded_metrics(params, data):
    return {prefix + name for prefix in ("", "val_") for name in metric_names(params, data.fitted.targets)}


def trained_with_loss(target, loss, output, metric):
    # Two full batches: a smaller last batch would be compiled too.
    data = random_data({"x": input_spec(3)}, {"y": target}, train=8)
    params = train_params(loss=loss, output=output, metrics=[metric], epochs=3, optimizer={"kind": "adam"})
    model, result = train(params, data)
    for metrics in result.history:
        assert set(metrics) == recorded_metrics(params, data)
        assert all(np.isfinite(value) for value in metrics.values())
    return data, model, result


@pytest.mark.parametrize(
    ("target", "loss", "output", "metric"),
    [
        (class_target("integer", 2), "sparse_categorical_crossentropy", "softmax", "accuracy"),
        (class_target("integer", 2), "binary_crossentropy", "sigmoid", "mean_squared_error"),
        (value_target("y", "z"), "mean_squared_error", "linear", "mean_absolute_error"),
        (value_target(), "mean_absolute_error", "linear", "mean_squared_error"),
        (value_target(), "huber", "linear", "mean_squared_error"),
    ],
)
def test_every_allowed_loss_and_output_trains(target, loss, output, metric):
    trained_with_loss(target, loss, output, metric)


def test_integer_and_one_hot_labels_are_the_same_training():
    integer, one, first = trained_with_loss(
        class_target("integer", 3), "sparse_categorical_crossentropy", "softmax", "accuracy"
    )
    one_hot, other, second = trained_with_loss(
        class_target("one_hot", 3), "categorical_crossentropy", "softmax", "accuracy"
    )
    np.testing.assert_array_equal(np.argmax(one_hot.targets("train")["y"], axis=1), integer.targets("train")["y"])
    for a, b in zip(first.history, second.history, strict=True):
        assert a == pytest.approx(b, rel=1e-5)
    np.testing.assert_allclose(one.get_weights()[0], other.get_weights()[0], rtol=1e-5)


def test_several_targets_have_their_own_metrics_and_one_of_them_may_be_monitored():
    targets = {"y": value_target(), "z": value_target("a", "b")}
    data = random_data({"p": input_spec(3), "q": input_spec(2)}, targets, train=8)
    branches = {"p": {"kind": "mlp", "units": [2]}, "q": {"kind": "linear"}}
    params = train_params(
        model={"kind": "branches", "inputs": branches, "units": [3]},
        loss={"y": "huber", "z": "mean_squared_error"},
        metrics=["mean_absolute_error"],
        monitor="val_z_loss",
        optimizer={"kind": "sgd", "learning_rate": 0.2},
        epochs=4,
    )
    _, result = train(params, data)
    for metrics in result.history:
        assert set(metrics) == recorded_metrics(params, data)
        assert metrics["val_loss"] == pytest.approx(metrics["val_y_loss"] + metrics["val_z_loss"], rel=1e-5)
    monitored = [metrics["val_z_loss"] for metrics in result.history]
    assert result.best_epoch == 1 + monitored.index(min(monitored))


@pytest.mark.parametrize(
    ("settings", "is_kept"),
    [
        pytest.param({"epochs": 30, "early_stopping": {"patience": 2}}, min, id="the best weights"),
        pytest.param({"epochs": 6, "keep": "last"}, lambda losses: losses[-1], id="the last weights"),
    ],
)
def test_which_weights_are_kept(settings, is_kept):
    model, result = train(train_params(**SGD, **settings), DATA)
    losses = [metrics["val_loss"] for metrics in result.history]
    assert result.best_epoch == 1 + losses.index(min(losses))
    assert result.best_epoch < len(losses), "choose a rate at which the last epoch is not the best"
    x, y = DATA.inputs("validation")["x"], DATA.targets("validation")["y"]
    assert model.evaluate(x, y, verbose=0) == pytest.approx(is_kept(losses), rel=1e-6)
    if "early_stopping" in settings:
        assert len(losses) == result.best_epoch + 2 < 30


def test_without_a_validation_split_only_the_training_loss_is_recorded():
    data = random_data({"x": input_spec(3)}, {"y": value_target()}, validation=0)
    _, result = train(train_params(monitor="loss", epochs=2), data)
    assert [set(metrics) for metrics in result.history] == [{"loss"}, {"loss"}]


def seeds_of(params, folder):
    """Return every seed with the weights that its model has before the next seed is trained."""
    return [(trained, weights(trained.model)) for trained in train_seeds(DATA, params, "iris", folder)]


@pytest.mark.parametrize("engine", ["plain", pytest.param("fused", marks=pytest.mark.long)])
def test_each_seed_is_the_same_as_a_training_of_its_own(engine, capsys, tmp_path):
    settings = ADAM | {"epochs": 2, "engine": engine}
    (first, _), (second, second_weights) = seeds_of(train_params(**settings, seed=5, seeds=2), tmp_path)
    lines = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert lines == ["iris seed 5", "iris seed 5", "iris seed 6", "iris seed 6"]
    assert (first.seed, second.seed) == (5, 6)
    assert first.engine == second.engine == engine
    assert first.result != second.result
    model, result = train(train_params(**settings, seed=6), DATA)
    assert second.result == result
    assert second_weights == weights(model)


def test_one_seed_is_one_training(capsys, tmp_path, compile_once):
    settings = ADAM | {"epochs": 2, "engine": "plain"}
    [(trained, _)] = seeds_of(train_params(**settings), tmp_path)
    assert capsys.readouterr().out.startswith("iris: 1/2 ")
    assert trained.result == train(train_params(**settings), DATA)[1]


def test_refit_trains_a_fresh_model_on_all_rows_up_to_the_best_epoch_of_its_seed(tmp_path, compile_once):
    settings = ADAM | {"epochs": 6}
    refitted = seeds_of(train_params(**settings, refit=True, seeds=2), tmp_path)
    best_epochs = {trained.result.best_epoch for trained, _ in refitted}
    assert len(best_epochs) == 2, "choose a rate at which the seeds have different best epochs"
    assert best_epochs != {1, 6}, "choose a rate at which a best epoch is neither the first nor the last"
    direct = new_training(
        train_params(**settings, monitor="loss", keep="last"), merge_splits(DATA, "train", "validation")
    )
    for trained, refitted_weights in refitted:
        assert trained.result == train(train_params(**settings, seed=trained.seed), DATA)[1]
        direct.run(trained.seed, trained.result.best_epoch, "test")
        assert refitted_weights == weights(direct.model)


@pytest.mark.parametrize("settings", [{}, {"keep": "last"}, {"early_stopping": {"patience": 2}}])
def test_pauses_change_nothing(settings):
    params = train_params(**ADAM, **settings, epochs=9)
    paused = new_training(params, DATA)
    result = paused.run(params.seed, params.epochs, "not paused")
    before, asked = weights(paused.model), []

    def goes_on_after(epochs):
        with paused.kept_weights() as kept:
            kept.predict(DATA.inputs("validation")["x"], verbose=0)
        asked.append(epochs)
        return True

    again = paused.run(params.seed, params.epochs, "paused", pauses=[2, 5, 9], goes_on_after=goes_on_after)
    assert again == result
    assert weights(paused.model) == before
    assert asked == [pause for pause in (2, 5) if pause <= len(result.history)]


@pytest.mark.parametrize("keep", ["best", "last"])
def test_a_training_that_ends_at_a_pause_is_one_with_fewer_epochs(keep):
    params = train_params(**SGD, keep=keep, epochs=30)
    training = new_training(params, DATA)
    at_pause = []

    def goes_on_after(epochs):
        with training.kept_weights() as kept:
            at_pause.append(weights(kept))
        return epochs < 7

    result = training.run(0, 30, "ended", pauses=[3, 7], goes_on_after=goes_on_after)
    assert len(result.history) == 7
    assert weights(training.model) == at_pause[1]
    for epochs, kept in zip((3, 7), at_pause, strict=True):
        fewer, shorter = training.model, training.run(0, epochs, "shorter")
        assert shorter.history == result.history[:epochs]
        assert weights(fewer) == kept


@pytest.mark.parametrize("schedule", [None, {"kind": "plateau", "factor": 0.5, "patience": 1}])
def test_another_learning_rate_needs_no_other_training(schedule):
    optimizer = {"kind": "adam", "schedule": schedule}
    params = [train_params(model=MODEL, optimizer=optimizer | {"learning_rate": rate}, epochs=4) for rate in (0.1, 0.3)]
    fresh = new_training(params[1], DATA)
    expected = fresh.run(0, 4, "fresh")
    changed = new_training(params[0], DATA)
    changed.run(0, 4, "first")
    changed.set_learning_rate(0.3)
    assert changed.run(0, 4, "second") == expected
    assert weights(changed.model) == weights(fresh.model)
