"""Optimizers and their learning rate schedules."""

from typing import Any

import keras
from keras.optimizers import schedules

from stages.core.artefacts.processed import TRAIN, Fitted
from stages.train.params import Cosine, Exponential, StepDecay, Train

OPTIMIZERS = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}


def build_optimizer(params: Train, fitted: Fitted) -> keras.Optimizer:
    settings: dict[str, Any] = params.optimizer.model_dump(exclude={"kind", "schedule"})
    if params.optimizer.schedule is not None:
        settings["learning_rate"] = _schedule(params, params.batches_per_epoch(fitted.splits[TRAIN]))
    return OPTIMIZERS[params.optimizer.kind](name=params.optimizer.kind, **settings)


def _schedule(params: Train, batches_per_epoch: int) -> Any:
    """A schedule of Keras counts batches; the parameters count epochs."""
    rate = params.optimizer.learning_rate
    match params.optimizer.schedule:
        case Cosine(warm_up=warm_up):
            batches = max(1, params.epochs - warm_up) * batches_per_epoch
            warmup = {"warmup_target": rate, "warmup_steps": warm_up * batches_per_epoch} if warm_up else {}
            return schedules.CosineDecay(0.0 if warm_up else rate, batches, name="cosine", **warmup)
        case Exponential(rate=factor):
            return schedules.ExponentialDecay(rate, batches_per_epoch, factor, staircase=True, name="exponential")
        case StepDecay(after=after, factor=factor):
            # Keras' boundaries are the last batches that still have the previous rate.
            boundaries = [epoch * batches_per_epoch - 1 for epoch in after]
            rates = [rate * factor**number for number in range(len(after) + 1)]
            return schedules.PiecewiseConstantDecay(boundaries, rates, name="steps")
