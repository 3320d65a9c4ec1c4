"""A training for each fold of the backtest, on the data of the fold."""

from collections.abc import Callable, Iterator
from pathlib import Path

from stages.core.artefacts.processed import ProcessedData
from stages.core.errors import prefix_errors
from stages.core.own_model.model_files import NO_MODEL_FILES, ModelFiles
from stages.train.loop.training_loop import TrainedSeed, train_seeds
from stages.train.params import Train


def train_folds(
    read_fold: Callable[[int], ProcessedData],
    folds: int,
    params: Train,
    title: str,
    checkpoints: Path,
    model_files: ModelFiles = NO_MODEL_FILES,
) -> Iterator[TrainedSeed]:
    """Train the model of each fold, one after the other, from the first seed. Folds are counted from 1."""
    params = params.model_copy(update={"seeds": 1})
    for fold in range(1, folds + 1):
        name = f"fold {fold} of {folds}"
        with prefix_errors(name):
            # Each fold has a folder, since the file of a checkpoint is named by its seed.
            trained = train_seeds(read_fold(fold), params, f"{title} {name}", checkpoints / f"fold_{fold}", model_files)
            yield next(trained)
