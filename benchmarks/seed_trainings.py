"""The same dataset trained by our engines and by Keras' own `fit`, from several seeds. Keras is loaded here."""

import sys
from collections.abc import Sequence
from contextlib import redirect_stdout

import keras

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION, ProcessedData
from stages.evaluate.model_evaluation import evaluate_model
from stages.train.loop.training import Training
from stages.train.model.build_model import build_model
from stages.train.model.losses import losses_by_target
from stages.train.params import Train


def by_engine(processed: ProcessedData, params: Train, seeds: Sequence[int]) -> list[float]:
    training = Training(processed, params, losses_by_target(params, processed.fitted.targets))
    found = []
    for seed in seeds:
        with redirect_stdout(sys.stderr):
            training.run(seed, params.epochs, f"seed {seed}")
        found.append(tested(training.model, processed, params))
    return found


def by_fit(processed: ProcessedData, params: Train, seeds: Sequence[int]) -> list[float]:
    """As a person would: arrays, `fit`, the best epoch's weights."""
    (x,), (y,) = processed.inputs(TRAIN).values(), processed.targets(TRAIN).values()
    losses, found = losses_by_target(params, processed.fitted.targets), []
    for seed in seeds:
        model = build_model(params.model_copy(update={"seed": seed}), processed.fitted, losses)
        model.fit(
            x,
            y,
            batch_size=params.batch,
            epochs=params.epochs,
            shuffle=params.shuffle,
            validation_data=_held_out(processed),
            callbacks=_watchers(params),
            verbose=0,
        )
        found.append(tested(model, processed, params))
    return found


def _held_out(processed: ProcessedData) -> tuple[object, ...] | None:
    if not processed.has_split(VALIDATION):
        return None
    return *processed.inputs(VALIDATION).values(), *processed.targets(VALIDATION).values()


def _watchers(params: Train) -> list[keras.callbacks.Callback]:
    if params.keep == "last" and params.early_stopping is None:
        return []
    stopping = params.early_stopping
    return [
        keras.callbacks.EarlyStopping(
            params.monitor,
            min_delta=stopping.min_delta if stopping else 0.0,
            patience=stopping.patience if stopping else params.epochs,
            restore_best_weights=params.keep == "best",
            mode="max" if params.monitor.endswith("accuracy") else "min",
        )
    ]


def figure_of(processed: ProcessedData) -> str:
    (target,) = processed.fitted.targets.values()
    return "accuracy" if target.classes else "rmse"


def tested(model: keras.Model, processed: ProcessedData, params: Train) -> float:
    chosen = evaluate_model(model, processed, TEST, losses_by_target(params, processed.fitted.targets))
    (metrics,) = chosen.metrics.values()
    return metrics[figure_of(processed)]
