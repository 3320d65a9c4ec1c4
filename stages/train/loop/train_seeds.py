"""A training for each seed. The first seed's model is the dataset's model; the others show how much results vary."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import keras

from stages.core.artefacts.processed import TRAIN, VALIDATION, ProcessedData, merge_splits
from stages.train.loop.checkpoint import Checkpoints
from stages.train.loop.training_loop import Training, TrainingResult
from stages.train.params import Engine, Loss, Train


@dataclass(frozen=True)
class TrainedSeed:
    """A seed's model with its training's result, and the engine that trained this model.

    All seeds use one model, so `model` has this seed's weights only until the next seed is trained.
    """

    seed: int
    model: keras.Model
    result: TrainingResult
    engine: Engine


def train_seeds(
    processed: ProcessedData,
    params: Train,
    losses: Mapping[str, Loss],
    title: str,
    checkpoints: Checkpoints | None = None,
) -> Iterator[TrainedSeed]:
    """Train the seeds one after another; all use the same compiled functions.

    With `refit`, each seed's result is the search for the best epoch, and its model the refit.
    """
    search = Training(processed, params, losses)
    refit = _refit(processed, params, losses) if params.refit else None
    for seed in range(params.seed, params.seed + params.seeds):
        name = title if params.seeds == 1 else f"{title} seed {seed}"
        checkpoint = checkpoints.checkpoint(f"{seed}.search") if checkpoints else None
        result = search.run(seed, params.epochs, name, checkpoint)
        if refit:
            checkpoint = checkpoints.checkpoint(f"{seed}.refit") if checkpoints else None
            refit.run(seed, result.best_epoch, f"{name} refit", checkpoint)
        trained = refit or search
        yield TrainedSeed(seed, trained.model, result, trained.engine)


def _refit(processed: ProcessedData, params: Train, losses: Mapping[str, Loss]) -> Training:
    """A fresh model on training and validation rows, which keeps the weights of its last epoch."""
    refit_params = params.model_copy(update={"monitor": "loss", "keep": "last", "early_stopping": None})
    return Training(merge_splits(processed, TRAIN, VALIDATION), refit_params, losses)
