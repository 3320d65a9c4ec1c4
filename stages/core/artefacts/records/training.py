"""training.json, written by train beside the model."""

from typing import Any

from pydantic import Field

from stages.core.artefacts.records.record import Record
from stages.core.quantiles import PINBALL


def is_empty(mapping: dict[str, Any]) -> bool:
    return not mapping


class LayerRecord(Record):
    """One layer of the model, for the page."""

    name: str
    kind: str
    output: str
    parameters: int


class SeedRecord(Record):
    """One training of the same model with its own seed; the first seed's model is the model."""

    seed: int
    best_epoch: int


class FoldRecord(Record):
    """The training of one fold of the backtest, which are counted from 1. Its model is `folds/<fold>.keras`."""

    fold: int
    epochs: int
    best_epoch: int


class StreamedSamples(Record):
    """The samples were read from the files in each epoch, in windows of `window` samples that were shuffled together.

    A window has blocks of `block` consecutive samples, which come in random order.
    """

    window: int
    block: int


class TrainingRecord(Record):
    """How the model was trained, and with what.

    `kept` says which weights were kept: `best`, `last` or `refit`. `loss` maps each target to its loss.
    `quantiles` are those that the model predicts of the targets whose loss is `pinball`.
    `loss_weights` and `class_weights` are the weights of targets and of their classes, where they are not 1.
    `streamed` is there for data that are too large to be held in memory.
    `pinned` holds the settings that keep the processor's newer instructions out of the result.
    """

    best_epoch: int
    epochs: int
    monitor: str
    kept: str
    loss: dict[str, str]
    quantiles: list[float] = Field(default=[], exclude_if=lambda quantiles: not quantiles)
    loss_weights: dict[str, float] = Field(default={}, exclude_if=is_empty)
    class_weights: dict[str, dict[str, float]] = Field(default={}, exclude_if=is_empty)
    parameters: int
    trainable: int
    layers: list[LayerRecord]
    engine: str
    streamed: StreamedSamples | None = Field(default=None, exclude_if=lambda streamed: streamed is None)
    threads: int
    seeds: list[SeedRecord]
    folds: list[FoldRecord] = Field(default=[], exclude_if=lambda folds: not folds)
    pinned: dict[str, str]
    versions: dict[str, str]

    @property
    def quantiles_by_target(self) -> dict[str, list[float]]:
        """The quantiles of each target that has some."""
        return {name: self.quantiles for name, loss in self.loss.items() if loss == PINBALL}
