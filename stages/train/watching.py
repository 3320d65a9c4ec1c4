"""Which epoch is best, and when to stop waiting for a better one."""

from dataclasses import dataclass, field
from typing import Any

RISING = ("accuracy",)


def improvement(monitor: str, before: float, now: float) -> float:
    """Positive when `now` is better.

    >>> improvement("val_loss", 0.75, 0.5), improvement("val_accuracy", 0.75, 0.5)
    (0.25, -0.25)
    """
    return now - before if monitor.endswith(RISING) else before - now


@dataclass
class Best:
    """The best value of what is watched and the weights that gave it; a tie keeps the earlier epoch."""

    monitor: str
    epoch: int = 0
    value: float = float("nan")
    weights: list[Any] = field(default_factory=list)

    def improves(self, value: float) -> bool:
        return self.epoch == 0 or improvement(self.monitor, self.value, value) > 0

    def keep(self, epoch: int, value: float, weights: list[Any]) -> None:
        self.epoch, self.value, self.weights = epoch, value, weights


@dataclass
class Patience:
    """Counts the epochs since the watched value last improved by more than `min_delta`."""

    monitor: str
    epochs: int | None
    min_delta: float = 0.0
    waited: int = 0
    value: float | None = None

    def runs_out(self, value: float) -> bool:
        if self.value is None or improvement(self.monitor, self.value, value) > self.min_delta:
            self.value, self.waited = value, 0
        else:
            self.waited += 1
        return self.epochs is not None and self.waited >= self.epochs
