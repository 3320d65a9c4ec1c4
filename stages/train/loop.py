"""Epochs until the last one, or until nothing has improved for long enough."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras

from stages.core.errors import Mistake
from stages.core.processed import TRAIN, VALIDATION, Processed
from stages.core.progress import Progress
from stages.train.epochs import Figures, epoch_of, measure_of, order_of, seed_layers
from stages.train.feeding import feeder
from stages.train.params import Train
from stages.train.watching import Best, Patience


@dataclass(frozen=True)
class Outcome:
    """What each epoch gave, and which was best, counted from 1."""

    history: list[Figures]
    best_epoch: int


def train(model: keras.Model, processed: Processed, params: Train, title: str) -> Outcome:
    """Trains the model in place."""
    check_monitor(params, processed)
    best, patience = Best(params.monitor), _patience(params)
    history: list[Figures] = []
    progress = Progress(title, params.epochs)
    for epoch, figures in enumerate(_epochs(model, processed, params, params.epochs), 1):
        _check_finite(figures, epoch)
        history.append(figures)
        progress.step(figures)
        if best.improves(figures[params.monitor]):
            best.keep(epoch, figures[params.monitor], model.get_weights())
        if patience.runs_out(figures[params.monitor]):
            break
    progress.close()
    if params.keep == "best":
        model.set_weights(best.weights)
    return Outcome(history, best.epoch)


def train_for(model: keras.Model, processed: Processed, params: Train, epochs: int, title: str) -> None:
    """A known number of epochs, watching nothing."""
    progress = Progress(title, epochs)
    for epoch, figures in enumerate(_epochs(model, processed, params, epochs), 1):
        _check_finite(figures, epoch)
        progress.step(figures)
    progress.close()


def check_monitor(params: Train, processed: Processed) -> None:
    if params.monitor.startswith("val_") and not processed.has(VALIDATION):
        raise Mistake(
            f"train.monitor: {params.monitor}, but no rows validate; "
            f"use monitor: {params.monitor.removeprefix('val_')} or give preprocess.split.validation a share"
        )


def _epochs(model: keras.Model, processed: Processed, params: Train, epochs: int) -> Iterator[Figures]:
    """Trains one epoch at each step, and gives its figures."""
    samples = processed.samples(TRAIN)
    learn = epoch_of(model, feeder(processed, TRAIN, model), samples, params.batch)
    validate = _validation(model, processed)
    for epoch in range(1, epochs + 1):
        seed_layers(model, params.seed, epoch)
        figures = learn(order_of(params.seed, epoch, samples, params.shuffle))
        yield figures | {f"val_{name}": value for name, value in validate().items()}


def _validation(model: keras.Model, processed: Processed) -> Callable[[], Figures]:
    if not processed.has(VALIDATION):
        return dict
    return measure_of(model, feeder(processed, VALIDATION, model), processed.samples(VALIDATION))


def _patience(params: Train) -> Patience:
    if params.early_stopping is None:
        return Patience(params.monitor, None)
    return Patience(params.monitor, params.early_stopping.patience, params.early_stopping.min_delta)


def _check_finite(figures: Figures, epoch: int) -> None:
    lost = [name for name, value in figures.items() if not math.isfinite(value)]
    if lost:
        raise Mistake(
            f"train: {', '.join(lost)} is no longer a number in epoch {epoch}; "
            "use a smaller train.optimizer.learning_rate, or scale the inputs in preprocess.steps"
        )
