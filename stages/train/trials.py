"""One training for each seed: the first gives the model, the others tell whether it was luck."""

from collections.abc import Iterator
from dataclasses import dataclass

import keras

from stages.core.errors import Mistake
from stages.core.processed import TRAIN, VALIDATION, Processed, together
from stages.train.building import build
from stages.train.loop import Outcome, check_monitor, train, train_for
from stages.train.params import Train


@dataclass(frozen=True)
class Trial:
    seed: int
    model: keras.Model
    outcome: Outcome


def trials(processed: Processed, params: Train, title: str) -> Iterator[Trial]:
    """One at a time, so that only one model is held."""
    check_monitor(params, processed)
    check_refit(params, processed)
    for seed in range(params.seed, params.seed + params.seeds):
        named = title if params.seeds == 1 else f"{title} seed {seed}"
        yield _trial(processed, params.model_copy(update={"seed": seed}), named)


def check_refit(params: Train, processed: Processed) -> None:
    if not params.refit:
        return
    if not processed.has(VALIDATION):
        raise Mistake("train.refit: no rows validate, so there is nothing to add; take it out")
    if processed.fitted.window:
        raise Mistake("train.refit: windows of training and validation rows cannot be joined; take it out")


def _trial(processed: Processed, params: Train, title: str) -> Trial:
    model = build(params, processed.fitted)
    outcome = train(model, processed, params, title)
    if params.refit:
        whole = together(processed, TRAIN, VALIDATION)
        model = build(params, whole.fitted)
        train_for(model, whole, params, outcome.best_epoch, f"{title} refit")
    return Trial(params.seed, model, outcome)
