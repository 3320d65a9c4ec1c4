"""Optimizers and their learning rates over time."""

from typing import Any

import keras

from stages.core.artefacts.processed import TRAIN, Fitted
from stages.train.params import Cosine, Exponential, Steps, Train

OPTIMIZERS = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}


def optimizer(params: Train, fitted: Fitted) -> keras.Optimizer:
    """A schedule counts batches, and the conf counts epochs."""
    chosen = params.optimizer
    settings: dict[str, Any] = chosen.model_dump(exclude={"kind", "schedule"})
    if chosen.schedule is not None:
        settings["learning_rate"] = _scheduled(params, -(-fitted.splits[TRAIN] // params.batch))
    return OPTIMIZERS[chosen.kind](name=chosen.kind, **settings)


def _scheduled(params: Train, batches: int) -> Any:
    rate, schedules = params.optimizer.learning_rate, keras.optimizers.schedules
    match params.optimizer.schedule:
        case Cosine(warm_up=warm_up):
            whole = max(1, params.epochs - warm_up) * batches
            rising = {"warmup_target": rate, "warmup_steps": warm_up * batches} if warm_up else {}
            return schedules.CosineDecay(0.0 if warm_up else rate, whole, name="cosine", **rising)
        case Exponential(rate=each):
            return schedules.ExponentialDecay(rate, batches, each, staircase=True, name="exponential")
        case Steps(after=after, factor=factor):
            bounds = [epoch * batches - 1 for epoch in after]  # the last batch that has the rate before
            rates = [rate * factor**number for number in range(len(after) + 1)]
            return schedules.PiecewiseConstantDecay(bounds, rates, name="steps")
