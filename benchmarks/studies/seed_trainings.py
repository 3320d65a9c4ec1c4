"""Trains the same dataset by our engines and by Keras' own `fit`, from several seeds. Importing it loads Keras."""

import sys
from collections.abc import Sequence
from contextlib import redirect_stdout

import keras

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION, ProcessedData
from stages.evaluate.model_evaluation import evaluate_model
from stages.train.loop.training_loop import Training
from stages.train.model.build_model import build_model
from stages.train.params import Train


def train_by_engine(processed: ProcessedData, params: Train, seeds: Sequence[int]) -> list[float]:
    """Return the test metric of each seed."""
    training = Training(processed, params)
    metrics = []
    for seed in seeds:
        with redirect_stdout(sys.stderr):
            training.run(seed, params.epochs, f"seed {seed}")
        metrics.append(_test_metric(training.model, processed, params))
    return metrics


def train_by_fit(processed: ProcessedData, params: Train, seeds: Sequence[int]) -> list[float]:
    """Return the test metric of each seed."""
    (x,), (y,) = processed.inputs(TRAIN).values(), processed.targets(TRAIN).values()
    metrics = []
    for seed in seeds:
        model = build_model(params.model_copy(update={"seed": seed}), processed.fitted)
        model.fit(
            x,
            y,
            batch_size=params.batch,
            epochs=params.epochs,
            shuffle=params.shuffle,
            validation_data=_validation_data(processed),
            callbacks=_callbacks(params),
            verbose=0,
        )
        metrics.append(_test_metric(model, processed, params))
    return metrics


def _validation_data(processed: ProcessedData) -> tuple[object, ...] | None:
    if not processed.has_split(VALIDATION):
        return None
    return *processed.inputs(VALIDATION).values(), *processed.targets(VALIDATION).values()


def _callbacks(params: Train) -> list[keras.callbacks.Callback]:
    stopping = params.early_stopping
    if params.keep == "last" and stopping is None:
        return []
    return [
        keras.callbacks.EarlyStopping(
            params.monitor,
            min_delta=stopping.min_delta if stopping else 0.0,
            patience=stopping.patience if stopping else params.epochs,
            restore_best_weights=params.keep == "best",
            mode="max" if params.monitor.endswith("accuracy") else "min",
        )
    ]


def metric_name(processed: ProcessedData) -> str:
    (target,) = processed.fitted.targets.values()
    return "accuracy" if target.classes else "rmse"


def _test_metric(model: keras.Model, processed: ProcessedData, params: Train) -> float:
    evaluation = evaluate_model(model, processed, TEST, params.losses(processed.fitted.targets))
    (metrics,) = evaluation.metrics.values()
    return metrics[metric_name(processed)]
