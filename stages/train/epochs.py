"""One epoch as one compiled call: no Python between two batches.

The order of the samples and the state of every random layer come from (seed, epoch), so an epoch depends on
the weights it starts from and on nothing else that happened before.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from stages.train.feeding import Feeder

Figures = dict[str, float]
MEASURE_BATCH = 1024


def epoch_of(model: keras.Model, batch: Feeder, samples: int, size: int) -> Callable[[Any], Figures]:
    """A function from the order of the samples to the epoch's loss and metrics; it trains the model."""
    _settle(model, batch)
    run = _compiled(model.train_step, batch, samples, size)
    return lambda order: _figures(model, run, order)


def measure_of(model: keras.Model, batch: Feeder, samples: int) -> Callable[[], Figures]:
    """A function that gives loss and metrics without training."""
    run = _compiled(model.test_step, batch, samples, MEASURE_BATCH)
    order = np.arange(samples)
    return lambda: _figures(model, run, order)


def order_of(seed: int, epoch: int, samples: int, shuffle: bool) -> Any:
    """A new order for every epoch, the same in every run."""
    if not shuffle:
        return np.arange(samples)
    return np.random.default_rng([seed, epoch]).permutation(samples)


def seed_layers(model: keras.Model, seed: int, epoch: int) -> None:
    """Dropout and its like draw from a state of their own; set it from (seed, epoch)."""
    for number, generator in enumerate(_generators(model)):
        state = np.random.default_rng([seed, epoch, number]).integers(0, 2**31, size=2)
        generator.state.assign(state.astype("uint32"))


def _generators(model: keras.Model) -> list[Any]:
    return [g for layer in model._flatten_layers() for g in getattr(layer, "_seed_generators", None) or ()]


def _settle(model: keras.Model, batch: Feeder) -> None:
    """Metrics make their variables on first use, which must not happen inside a compiled loop."""
    model.test_step(batch(tf.constant([0], tf.int32)))


def _figures(model: keras.Model, run: Callable[[Any], None], order: Any) -> Figures:
    model.reset_metrics()
    run(tf.constant(order, tf.int32))
    return {name: float(value) for name, value in model.get_metrics_result().items()}


def _compiled(step: Callable[[Any], Any], batch: Feeder, samples: int, size: int) -> Callable[[Any], None]:
    whole = samples // size

    @tf.function(autograph=False)  # type: ignore[untyped-decorator]
    def run(order: Any) -> None:
        def one(number: Any) -> tuple[Any]:
            step(batch(order[number * size : (number + 1) * size]))
            return (number + 1,)

        if whole:
            tf.while_loop(lambda number: number < whole, one, (tf.constant(0),), parallel_iterations=1)
        if samples % size:
            step(batch(order[whole * size :]))

    compiled: Callable[[Any], None] = run
    return compiled
