"""One training for each seed: the first gives the model, the others tell whether it was luck."""

from collections.abc import Iterator
from dataclasses import dataclass

import keras

from stages.core.artefacts.processed import TRAIN, VALIDATION, ProcessedData, merge_splits
from stages.core.errors import UserError
from stages.train.loop.checkpoint import Note, Notes
from stages.train.loop.training import Outcome, Training
from stages.train.params import Train


@dataclass(frozen=True)
class Trial:
    """`model` is the seed's until the next trial begins."""

    seed: int
    model: keras.Model
    outcome: Outcome


def trials(processed: ProcessedData, params: Train, title: str, notes: Notes | None = None) -> Iterator[Trial]:
    """One at a time, all in the same compiled functions."""

    def note(seed: int, what: str) -> Note | None:
        return notes.of(f"{seed}.{what}") if notes else None

    check_refit(params, processed)
    search = Training(processed, params)
    refit = _refit(processed, params) if params.refit else None
    for seed in range(params.seed, params.seed + params.seeds):
        named = title if params.seeds == 1 else f"{title} seed {seed}"
        outcome = search.run(seed, params.epochs, named, note(seed, "search"))
        if refit:
            refit.run(seed, outcome.best_epoch, f"{named} refit", note(seed, "refit"))
        yield Trial(seed, (refit or search).model, outcome)


def check_refit(params: Train, processed: ProcessedData) -> None:
    if not params.refit:
        return
    if not processed.has_split(VALIDATION):
        raise UserError("train.refit: no rows validate, so there is nothing to add; take it out")
    if processed.fitted.window:
        raise UserError("train.refit: windows of training and validation rows cannot be joined; take it out")


def _refit(processed: ProcessedData, params: Train) -> Training:
    """A fresh model on all rows that were there to learn from, watching nothing."""
    blind = params.model_copy(update={"monitor": "loss", "keep": "last", "early_stopping": None})
    return Training(merge_splits(processed, TRAIN, VALIDATION), blind)
