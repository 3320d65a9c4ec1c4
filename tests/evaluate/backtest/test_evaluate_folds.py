"""The models and baselines of the folds, from data of preprocess and models with known weights."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw.raw_data import Table, split_sizes
from stages.core.artefacts.records.evaluation import BacktestRecord
from stages.core.errors import UserError
from stages.core.own_model.model_files import NO_MODEL_FILES
from stages.evaluate.backtest.backtest_records import backtest_records
from stages.evaluate.backtest.evaluate_folds import naming_folds, predict_fold
from stages.evaluate.backtest.fold_metrics import fold_metrics
from stages.evaluate.model_evaluation import evaluate_model
from stages.evaluate.params import Evaluate
from stages.inference.keras_model.losses import loss_functions
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess_fold
from stages.preprocess.split.fold_rows import fold_rows

ROWS = np.arange(60)
# The series rises by 1, and every fourth row is a busy one.
FRAME = pd.DataFrame({"sales": ROWS + 1.0, "busy": np.where(ROWS % 4, "no", "yes")})
QUANTILES = {"sales": [0.1, 0.5, 0.9]}
# A class has one step ahead.
WITH_CLASS: dict[str, Any] = {
    "targets": {"sales": "sales", "busy": "busy"},
    "labels": {"busy": "integer"},
    "window": {"length": 3, "horizon": 2},
}


def folds_of(**params: Any) -> list[ProcessedData]:
    values: dict[str, Any] = {
        "targets": "sales",
        "inputs": ["sales"],
        "split": {"order": "chronological", "validation": 20},
        "window": {"length": 3, "horizon": 2, "steps": "all"},
        "target_steps": [{"step": "relative_to_last"}],
        "backtest": {"folds": 2, "step": 10},
    }
    model, raw = Preprocess.model_validate(values | params), Table({"all": FRAME}, kind="series")
    rows = fold_rows(model, split_sizes(raw))
    return [preprocess_fold(raw, model, number, part) for number, part in enumerate(rows, 1)]


def constant_model(forecast: Sequence[float], targets: Iterable[str]) -> keras.Model:
    """These changes of the sales after the last known row, and always the first class, no."""
    x = keras.layers.Input((3, 1), name="x")
    flat = keras.layers.Flatten(name="flat")(x)
    heads = {"sales": keras.layers.Dense(len(forecast), name="sales")}
    if "busy" in targets:
        heads["busy"] = keras.layers.Dense(2, activation="softmax", name="busy")
    model = keras.Model({"x": x}, {name: head(flat) for name, head in heads.items()}, name="model")
    for name, head in heads.items():
        bias = forecast if name == "sales" else [1.0, -1.0]
        head.set_weights([np.zeros((3, len(bias))), np.array(bias)])
    return model


def records(
    forecasts: Sequence[Sequence[float]],
    params: dict[str, Any],
    folds: Sequence[ProcessedData],
    quantiles: dict[str, list[float]] | None = None,
) -> dict[str, BacktestRecord]:
    """`forecasts` are those of the model of each fold."""
    losses = {"sales": "pinball" if quantiles else "mean_squared_error", "busy": "sparse_categorical_crossentropy"}
    functions = loss_functions(losses, NO_MODEL_FILES, QUANTILES["sales"])
    evaluate: Any = partial(evaluate_model, losses=functions, quantiles=quantiles or {})
    evaluation = Evaluate.model_validate({"headline": "rmse", "fitted_baselines": []} | params)
    found = (
        fold_metrics(
            predict_fold(constant_model(forecast, data.fitted.targets), data, evaluation, evaluate, quantiles or {})
        )
        for forecast, data in zip(forecasts, folds, strict=True)
    )
    return backtest_records([*naming_folds(found, range(1, len(folds) + 1))], ("sales", "rmse"))


def test_each_fold_has_the_predictions_of_its_own_model() -> None:
    """The truth is 1 and 2 more than the last known row. Persistence is 1 and 2 off, and drift is right."""
    found = records([(2, 3), (4, 5)], {"split": "validation", "interval": 0.5}, folds_of())
    sales = found["sales"]
    assert [fold.metrics["mae"] for fold in sales.folds] == [1, 3]
    assert [fold.first_row for fold in sales.folds] == [40, 50]
    assert [fold.baselines["persistence"]["mae"] for fold in sales.folds] == [1.5, 1.5]
    assert (sales.best_baseline, sales.baseline_mean["rmse"]) == ("drift", 0)
    # The errors on the validation rows are those of the test rows, so that the intervals have no width.
    assert [fold.metrics["interval_score"] for fold in sales.folds] == [0, 0]
    assert [fold.metrics["coverage"] for fold in sales.folds] == [1, 1]


def test_a_class_has_metrics_without_steps() -> None:
    """Of the test samples' last rows, 41 to 49 and 51 to 59, two each are busy: 44 and 48, 52 and 56."""
    found = records([(0,), (0,)], {}, folds_of(**WITH_CLASS))["busy"]
    assert [(fold.samples, fold.steps) for fold in found.folds] == [(9, []), (9, [])]
    assert [fold.metrics["accuracy"] for fold in found.folds] == pytest.approx([7 / 9, 7 / 9], rel=1e-5)
    assert (found.metric, found.best_baseline) == ("accuracy", "majority")
    assert [fold.train_rows for fold in found.folds] == [20, 30]


def test_rows_that_only_steps_need_are_training_rows() -> None:
    """The first row has no difference, and is not stored."""
    found = records([(0,), (0,)], {}, folds_of(**WITH_CLASS, steps=[{"step": "difference"}]))
    for name in ("sales", "busy"):
        assert [fold.train_rows for fold in found[name].folds] == [20, 30]


def test_the_median_is_the_forecast_of_quantiles() -> None:
    """Of the quantiles 0.1, 0.5 and 0.9, each with two steps."""
    outputs = (0, 1, 1, 2, 3, 4)
    found = records([outputs, outputs], {}, folds_of(), QUANTILES)["sales"]
    assert [fold.metrics["mae"] for fold in found.folds] == [0, 0]


@pytest.mark.error_case("backtest")
def test_an_error_names_the_fold() -> None:
    """The first origin has 40 known rows, and no other baseline of the sales was chosen."""
    folds = folds_of(window={"length": 3, "horizon": 2, "steps": "all", "season": 45})
    with pytest.raises(UserError, match=r"fold 1: evaluate\.baselines: none is possible for target sales"):
        records([(0, 0), (0, 0)], {"baselines": ["seasonal_naive"]}, folds)
