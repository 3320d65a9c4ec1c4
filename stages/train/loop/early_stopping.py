"""Early stopping inside the compiled epochs: the best epoch, its weights, and patience."""

from typing import Any

import keras
import tensorflow as tf

from stages.train.params import Train

HIGHER_IS_BETTER = ("accuracy",)


def higher_is_better(params: Train) -> bool:
    """Whether a larger value of the monitored metric is better."""
    return params.mode == "max" if params.mode else params.monitor.endswith(HIGHER_IS_BETTER)


class EarlyStoppingState:
    """The best value of the monitored metric so far, the model's weights at that epoch, and the epochs waited since.

    Of several epochs with the same value, the earliest is the best. The number of epochs waited starts again when
    the value has improved by more than `min_delta`.
    """

    def __init__(self, model: keras.Model, params: Train) -> None:
        stopping = params.early_stopping
        self.higher_is_better = (
            params.monitor.endswith(HIGHER_IS_BETTER) if params.mode is None else params.mode == "max"
        )
        self.monitor = params.monitor
        self.patience = stopping.patience if stopping else None
        self.min_delta = stopping.min_delta if stopping else 0.0
        self.model_weights = model.weights if params.keep == "best" else []
        self.best_epoch, self.best_value = tf.Variable(0), tf.Variable(float("inf"))
        self.epochs_waited, self.reference_value = tf.Variable(0), tf.Variable(float("inf"))
        self.best_weights = [tf.Variable(weight.value) for weight in self.model_weights]

    @property
    def variables(self) -> list[Any]:
        return [self.best_epoch, self.best_value, self.epochs_waited, self.reference_value, *self.best_weights]

    def reset(self) -> None:
        for epochs, value in ((self.best_epoch, self.best_value), (self.epochs_waited, self.reference_value)):
            epochs.assign(0)
            value.assign(float("inf"))

    def update(self, epoch: Any, metric: Any) -> None:
        """Take the value of the monitored metric after an epoch."""
        value = -metric if self.higher_is_better else metric
        is_best = value < self.best_value
        self.best_epoch.assign(tf.where(is_best, epoch, self.best_epoch))
        self.best_value.assign(tf.where(is_best, value, self.best_value))
        for best, weight in zip(self.best_weights, self.model_weights, strict=True):
            best.assign(tf.where(is_best, weight.value, best))
        improved = self.reference_value - value > self.min_delta
        self.epochs_waited.assign(tf.where(improved, 0, self.epochs_waited + 1))
        self.reference_value.assign(tf.where(improved, value, self.reference_value))

    def should_continue(self) -> Any:
        return tf.constant(True) if self.patience is None else self.epochs_waited < self.patience

    def restore_best_weights(self) -> None:
        """Set the model to its best weights; with `keep: last` this does nothing."""
        for best, weight in zip(self.best_weights, self.model_weights, strict=True):
            weight.assign(best)
