"""Once through all samples, as a loop inside a compiled function."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from stages.train.loop.batches import Feeder

Pass = Callable[[Any], None]
Step = Callable[[Any], Any]
MEASURE_BATCH = 1024


def shuffled(step: Step, batch: Feeder, samples: int, size: int) -> Pass:
    """In the order given; what is left over at the end is a smaller batch."""
    whole = samples // size

    def go(order: Any) -> None:
        if whole:
            full = tf.reshape(order[: whole * size], (whole, size))
            _repeated(whole, lambda number: step(batch(full[number])))
        if samples % size:
            step(batch(order[whole * size :]))

    return go


def in_order(step: Step, batch: Feeder, samples: int) -> Pass:
    """As they lie, whatever the order."""
    go = shuffled(step, batch, samples, MEASURE_BATCH)
    return lambda _order: go(tf.range(samples))


def settled(model: keras.Model, batch: Feeder) -> list[str]:
    """What is measured. Metrics make their variables on first use, which must not happen inside a compiled loop."""
    model.test_step(batch(tf.constant([0], tf.int32)))
    return list(model.get_metrics_result())


def _repeated(times: int, step: Step) -> None:
    def one(number: Any) -> tuple[Any]:
        step(number)
        return (number + 1,)

    tf.while_loop(lambda number: number < times, one, (tf.constant(0),), parallel_iterations=1)
