"""One training for each seed: the first gives the model, the others tell whether it was luck."""

from collections.abc import Iterator
from dataclasses import dataclass

import keras

from stages.core.errors import Mistake
from stages.core.processed import TRAIN, VALIDATION, Processed, together
from stages.train.loop import Outcome, Training
from stages.train.params import Train
from stages.train.resuming import Note, Notes


@dataclass(frozen=True)
class Trial:
    """`model` is the seed's until the next trial begins."""

    seed: int
    model: keras.Model
    outcome: Outcome


def trials(processed: Processed, params: Train, title: str, notes: Notes | None = None) -> Iterator[Trial]:
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


def check_refit(params: Train, processed: Processed) -> None:
    if not params.refit:
        return
    if not processed.has(VALIDATION):
        raise Mistake("train.refit: no rows validate, so there is nothing to add; take it out")
    if processed.fitted.window:
        raise Mistake("train.refit: windows of training and validation rows cannot be joined; take it out")


def _refit(processed: Processed, params: Train) -> Training:
    """A fresh model on all rows that were there to learn from, watching nothing."""
    blind = params.model_copy(update={"monitor": "loss", "keep": "last", "early_stopping": None})
    return Training(together(processed, TRAIN, VALIDATION), blind)
