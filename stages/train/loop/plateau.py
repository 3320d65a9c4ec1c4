"""Reduces the learning rate inside the compiled epochs when the monitored metric no longer improves."""

from typing import Any

import keras
import tensorflow as tf

from stages.train.loop.early_stopping import higher_is_better
from stages.train.params import Train
from stages.train.params.optimizer_params import Plateau


class PlateauState:
    """As `keras.callbacks.ReduceLROnPlateau`: the best value, the epochs waited since, the epochs of the cooldown.

    Without `schedule: {kind: plateau}` it has no variables and does nothing.
    """

    def __init__(self, optimizer: keras.Optimizer, params: Train) -> None:
        schedule = params.optimizer.schedule
        self.schedule = schedule if isinstance(schedule, Plateau) else None
        self.optimizer, self.higher_is_better = optimizer, higher_is_better(params)
        self.variables: list[Any] = []
        if self.schedule:
            self.variables = [tf.Variable(float("inf")), tf.Variable(0), tf.Variable(0)]

    def reset(self) -> None:
        for variable, value in zip(self.variables, (float("inf"), 0, 0), strict=False):
            variable.assign(value)

    def update(self, metric: Any) -> None:
        """Take the value of the monitored metric after an epoch."""
        if self.schedule is None:
            return
        best, waited, cooldown = self.variables
        value = -metric if self.higher_is_better else metric
        improved = value < best - self.schedule.min_delta
        cooldown.assign(tf.maximum(cooldown - 1, 0))
        counts = ~improved & (cooldown <= 0)
        best.assign(tf.where(improved, value, best))
        waited.assign(tf.where(counts, waited + 1, 0))
        rate = tf.cast(self.optimizer.learning_rate, tf.float64)
        reduced = tf.maximum(rate * self.schedule.factor, self.schedule.min_rate)
        is_due = (waited >= self.schedule.patience) & (rate > self.schedule.min_rate)
        self.optimizer.learning_rate = tf.cast(tf.where(is_due, reduced, rate), tf.float32)
        cooldown.assign(tf.where(is_due, self.schedule.cooldown, cooldown))
        waited.assign(tf.where(is_due, 0, waited))
