"""Epochs until the last one, or until nothing has improved for long enough."""

import math
from dataclasses import dataclass
from typing import Any

from stages.core.artefacts.processed import VALIDATION, ProcessedData
from stages.core.errors import UserError
from stages.core.runtime.progress import Progress
from stages.train.loop.checkpoint import Note
from stages.train.loop.compiled_epochs import Epochs, Figures
from stages.train.loop.early_stopping import Watch
from stages.train.model.build_model import build
from stages.train.params import Train


@dataclass(frozen=True)
class Outcome:
    """What each epoch gave, and which was best, counted from 1."""

    history: list[Figures]
    best_epoch: int


class Training:
    """One model on one set of samples, compiled once and trained from as many seeds as one likes."""

    def __init__(self, processed: ProcessedData, params: Train) -> None:
        check_monitor(params, processed)
        self.processed, self.params = processed, params
        self.model = build(params, processed.fitted)
        self.watch = Watch(self.model, params)
        self.epochs = Epochs(self.model, processed, params, self.watch)
        self.fresh = [variable.numpy() for variable in self.model.optimizer.variables]

    def run(self, seed: int, epochs: int, title: str, note: Note | None = None) -> Outcome:
        """From the seed's own initial weights, whatever was trained before; or from what the note says."""
        self._begin(seed)
        history = self._resumed(note, title)
        progress = Progress(title, epochs, len(history))
        while len(history) < epochs and self.watch.goes_on():
            for figures in self.epochs(seed, len(history) + 1, epochs):
                history.append(figures)
                _check_finite(figures, len(history))
                progress.step(figures)
            if note and note.due:
                self._written(note, history)
        progress.close()
        if note and note.worth_keeping:
            self._written(note, history)
        self.watch.restore()
        return Outcome(history, int(self.watch.best_epoch.numpy()))

    def _begin(self, seed: int) -> None:
        own = build(self.params.model_copy(update={"seed": seed}), self.processed.fitted)
        self.model.set_weights(own.get_weights())
        for variable, value in zip(self.model.optimizer.variables, self.fresh, strict=True):
            variable.assign(value)
        self.watch.begin()

    @property
    def _variables(self) -> list[Any]:
        """All that an epoch leaves to the next."""
        return [*self.model.weights, *self.model.optimizer.variables, *self.watch.variables]

    def _written(self, note: Note, history: list[Figures]) -> None:
        note.write([v.numpy() for v in self._variables], [list(figures.values()) for figures in history])

    def _resumed(self, note: Note | None, title: str) -> list[Figures]:
        found = note.read() if note else None
        if found is None:
            return []
        values, rows = found
        for variable, value in zip(self._variables, values, strict=True):
            variable.assign(value)
        print(f"{title}: goes on after epoch {len(rows)}", flush=True)
        return [dict(zip(self.epochs.recorded, row, strict=True)) for row in rows.tolist()]


def check_monitor(params: Train, processed: ProcessedData) -> None:
    if params.monitor.startswith("val_") and not processed.has_split(VALIDATION):
        raise UserError(
            f"train.monitor: {params.monitor}, but no rows validate; "
            f"use monitor: {params.monitor.removeprefix('val_')} or give preprocess.split.validation a share"
        )


def _check_finite(figures: Figures, epoch: int) -> None:
    lost = [name for name, value in figures.items() if not math.isfinite(value)]
    if lost:
        raise UserError(
            f"train: {', '.join(lost)} is no longer a number in epoch {epoch}; "
            "use a smaller train.optimizer.learning_rate, or scale the inputs in preprocess.steps"
        )
