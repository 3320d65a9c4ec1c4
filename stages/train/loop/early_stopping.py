"""Which epoch is best, which weights it had, and when to stop waiting for a better one: inside the compiled epochs."""

from typing import Any

import keras
import tensorflow as tf

from stages.train.params import Train

RISING = ("accuracy",)


class Watch:
    """The best value of what is watched, and the weights that gave it; a tie keeps the earlier epoch.

    Patience counts the epochs since the value last improved by more than `min_delta`.
    """

    def __init__(self, model: keras.Model, params: Train) -> None:
        stopping = params.early_stopping
        self.monitor = params.monitor
        self.patience = stopping.patience if stopping else None
        self.min_delta = stopping.min_delta if stopping else 0.0
        self.weights = model.weights if params.keep == "best" else []
        self.best_epoch, self.best = tf.Variable(0), tf.Variable(float("inf"))
        self.waited, self.improved_to = tf.Variable(0), tf.Variable(float("inf"))
        self.kept = [tf.Variable(w.value) for w in self.weights]

    @property
    def variables(self) -> list[Any]:
        return [self.best_epoch, self.best, self.waited, self.improved_to, *self.kept]

    def begin(self) -> None:
        """As if nothing had been seen."""
        for counted, value in ((self.best_epoch, self.best), (self.waited, self.improved_to)):
            counted.assign(0)
            value.assign(float("inf"))

    def look(self, epoch: Any, value: Any) -> None:
        """At the end of an epoch."""
        score = -value if self.monitor.endswith(RISING) else value
        better = score < self.best
        self.best_epoch.assign(tf.where(better, epoch, self.best_epoch))
        self.best.assign(tf.where(better, score, self.best))
        for kept, weight in zip(self.kept, self.weights, strict=True):
            kept.assign(tf.where(better, weight.value, kept))
        gained = self.improved_to - score > self.min_delta
        self.waited.assign(tf.where(gained, 0, self.waited + 1))
        self.improved_to.assign(tf.where(gained, score, self.improved_to))

    def goes_on(self) -> Any:
        return tf.constant(True) if self.patience is None else self.waited < self.patience

    def restore(self) -> None:
        """The best weights, where they were to be kept."""
        for kept, weight in zip(self.kept, self.weights, strict=True):
            weight.assign(kept)
