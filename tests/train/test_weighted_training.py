"""Weights and targets of different kinds train as in Keras' fit, in both engines."""

from dataclasses import replace

import numpy as np
import pytest

from stages.core.artefacts.processed import ProcessedData
from stages.train.loop.sample_order import sample_order
from stages.train.loop.training_loop import Training, train_seeds
from tests.train.small_data import (
    build,
    class_target,
    input_spec,
    random_data,
    train_params,
    value_target,
    weights,
    with_weights,
)

INPUTS = {"x": input_spec(3)}
CLASSES = {"loss": "categorical_crossentropy", "output": "softmax", "metrics": ["accuracy"]}
MODEL = {"kind": "mlp", "units": [4]}
OF_CLASSES = {"a": 0.5, "b": 2.0, "c": 3.0}
BY_NUMBER = dict(enumerate(OF_CLASSES.values()))
MIXED_TARGETS = {"kind": class_target("one_hot", 3), "price": value_target()}
MIXED = {
    "output": {"kind": "softmax", "price": "linear"},
    "loss": {"kind": "categorical_crossentropy", "price": "mean_squared_error"},
    "metrics": {"kind": ["accuracy"], "price": ["mean_absolute_error"]},
    "monitor": "val_kind_loss",
}


def fit_of_keras(params, data, **more):
    """The epochs of Keras' fit, with the weights of the rows, in the order of the samples of our epochs."""
    model = build(params, data.fitted)
    model.run_eagerly = True
    flat = model.__class__.__name__ == "Sequential"

    def arrays(split):
        x, y = data.inputs(split), data.targets(split)
        return (next(iter(x.values())), next(iter(y.values()))) if flat else (x, y)

    def ordered(values, order):
        return {name: array[order] for name, array in values.items()} if isinstance(values, dict) else values[order]

    def weights_as_fit_takes_them(split, order):
        of_rows = data.weights(split)
        if of_rows is None:
            return None
        return of_rows[order] if flat else dict.fromkeys(data.fitted.targets, of_rows[order])

    validation = arrays("validation")
    of_validation = weights_as_fit_takes_them("validation", slice(None))
    history = []
    for epoch in range(1, params.epochs + 1):
        order = sample_order(params.seed, epoch, data.sample_count("train"), shuffle=True)
        x, y = (ordered(values, order) for values in arrays("train"))
        fit = model.fit(
            x,
            y,
            sample_weight=weights_as_fit_takes_them("train", order),
            batch_size=params.batch,
            shuffle=False,
            validation_data=validation if of_validation is None else (*validation, of_validation),
            verbose=0,
            **more,
        )
        history.append({name: values[0] for name, values in fit.history.items()})
    return model, history


def trained(params, data):
    training = Training(data, params)
    return training.model, training.run(params.seed, params.epochs, "test").history


@pytest.mark.parametrize(
    ("engine", "class_weight"),
    [
        ("plain", OF_CLASSES),
        ("fused", None),
        pytest.param("plain", None, marks=pytest.mark.long),
        pytest.param("fused", OF_CLASSES, marks=pytest.mark.long),
    ],
)
def test_epochs_are_those_of_fit(engine, class_weight):
    """With weights of classes, or of rows: fit does not take both."""
    data = random_data(INPUTS, {"kind": class_target("one_hot", 3)}, train=11, validation=4)
    data = data if class_weight else with_weights(data)
    params = train_params(
        **CLASSES, model=MODEL, epochs=2, engine=engine, keep="last", class_weight=class_weight,
        optimizer={"kind": "adam", "learning_rate": 0.03},
    )  # fmt: skip
    model, history = trained(params, data)
    by_fit, expected = fit_of_keras(params, data, class_weight=BY_NUMBER if class_weight else None)
    for ours, theirs in zip(history, expected, strict=True):
        assert ours == {name: pytest.approx(value, rel=1e-5) for name, value in theirs.items()}
    for ours, theirs in zip(model.get_weights(), by_fit.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_plain_gradient_descent_has_the_last_bits_of_fit():
    data = with_weights(random_data(INPUTS, {"y": value_target()}, train=12, validation=4))
    params = train_params(engine="plain", keep="last", epochs=3)
    model, _ = trained(params, data)
    by_fit, _ = fit_of_keras(params, data)
    assert weights(model) == weights(by_fit)


@pytest.mark.parametrize("engine", ["plain", "fused"])
def test_a_weight_of_two_is_the_row_twice(engine):
    """In one batch of all rows; the loss is a mean over rows, so its gradient is scaled by the number of rows."""
    data = random_data(INPUTS, {"y": value_target()}, train=6, validation=0)
    split = data.splits["train"]
    twice = np.array([0, 1, 1, 2, 3, 4, 5, 5])
    settings = {"engine": engine, "keep": "last", "monitor": "loss", "batch": 8, "shuffle": False}
    weighted = ProcessedData(data.fitted, {"train": replace(split, weights=np.array([1, 2, 1, 1, 1, 2], np.float32))})
    repeated = ProcessedData(
        data.fitted.model_copy(update={"splits": {"train": 8}}),
        {
            "train": replace(
                split,
                inputs={"x": split.inputs["x"][twice]},
                targets={"y": split.targets["y"][twice]},
                rows=twice,
            )
        },
    )
    rate = 0.1
    model, [metrics] = trained(train_params(**settings, optimizer={"kind": "sgd", "learning_rate": rate * 6}), weighted)
    other, [expected] = trained(
        train_params(**settings, optimizer={"kind": "sgd", "learning_rate": rate * 8}), repeated
    )
    assert metrics["loss"] * 6 == pytest.approx(expected["loss"] * 8, rel=1e-5)
    for ours, theirs in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)


@pytest.mark.parametrize("engine", ["plain", "fused"])
def test_a_class_and_a_value_train_together_as_in_fit(engine):
    data = with_weights(random_data(INPUTS, MIXED_TARGETS, train=12, validation=4))
    params = train_params(**MIXED, model=MODEL, epochs=2, engine=engine, keep="last", loss_weights={"price": 0.25})
    model, history = trained(params, data)
    by_fit, expected = fit_of_keras(params, data)
    assert set(history[0]) == {
        prefix + name
        for prefix in ("", "val_")
        for name in ("loss", "kind_loss", "price_loss", "kind_accuracy", "price_mean_absolute_error")
    }
    for ours, theirs in zip(history, expected, strict=True):
        assert ours == {name: pytest.approx(value, rel=1e-5) for name, value in theirs.items()}
        assert ours["loss"] == pytest.approx(ours["kind_loss"] + 0.25 * ours["price_loss"], rel=1e-5)
    for ours, theirs in zip(model.get_weights(), by_fit.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_class_weights_by_target_weigh_that_target_alone():
    data = random_data(INPUTS, MIXED_TARGETS, train=12, validation=4)
    settings = MIXED | {"model": MODEL, "keep": "last", "engine": "plain", "batch": 12}
    _, [unweighted] = trained(train_params(**settings), data)
    _, [weighted] = trained(train_params(**settings, class_weight={"kind": {"a": 2, "b": 2, "c": 2}}), data)
    assert weighted["kind_loss"] == pytest.approx(2 * unweighted["kind_loss"], rel=1e-6)
    assert weighted["price_loss"] == unweighted["price_loss"]
    # As in Keras, not in validation, but for the weights that were trained.
    assert weighted["val_kind_loss"] < 1.5 * unweighted["val_kind_loss"]


def test_early_stopping_seeds_and_refit_with_weights_and_several_targets(tmp_path, compile_once):
    data = with_weights(random_data(INPUTS, MIXED_TARGETS, train=12, validation=4))
    params = train_params(
        **MIXED | {"monitor": "val_price_loss"}, model=MODEL, epochs=4, seeds=2, refit=True, class_weight="balanced",
        early_stopping={"patience": 1},
    )  # fmt: skip
    results = [
        (seed.seed, seed.result.best_epoch, weights(seed.model)) for seed in train_seeds(data, params, "t", tmp_path)
    ]
    again = [
        (seed.seed, seed.result.best_epoch, weights(seed.model)) for seed in train_seeds(data, params, "t", tmp_path)
    ]
    assert results == again
    assert [seed for seed, _, _ in results] == [0, 1]
    assert results[0][2] != results[1][2]


def test_the_refit_has_the_class_weights_of_the_training_rows(tmp_path, monkeypatch):
    """Its rows are those of training and validation, whose classes may be in other proportions."""
    from stages.train.loop import training_loop

    data = random_data(INPUTS, {"kind": class_target("one_hot", 3)}, train=10, validation=5)
    seen = []

    class Recorded(Training):
        def __init__(self, processed, params, model_files):
            seen.append((processed.sample_count("train"), params.class_weight))
            super().__init__(processed, params, model_files)

    monkeypatch.setattr(training_loop, "Training", Recorded)
    params = train_params(**CLASSES, refit=True, class_weight="balanced")
    list(train_seeds(data, params, "t", tmp_path))
    counts = np.argmax(data.targets("train")["kind"], axis=1)
    expected = {label: 10 / (3 * np.sum(counts == number)) for number, label in enumerate("abc")}
    assert seen == [(10, "balanced"), (15, {"kind": pytest.approx(expected)})]
