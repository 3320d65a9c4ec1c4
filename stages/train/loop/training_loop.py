"""A training for each seed: epochs until the last one, or until early stopping ends it.

The first seed's model is the dataset's model; the others show how much results vary.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from stages.core.artefacts.concatenated_arrays import read_as_one
from stages.core.artefacts.processed import TRAIN, VALIDATION, ProcessedData, merge_splits
from stages.core.errors import UserError
from stages.core.own_model.model_files import NO_MODEL_FILES, ModelFiles
from stages.train.class_weights import class_weights
from stages.train.loop.checkpoint import TrainingCheckpoint
from stages.train.loop.choose_engine import choose_engine
from stages.train.loop.compiled_epochs import CompiledEpochs, Metrics
from stages.train.loop.early_stopping import EarlyStoppingState
from stages.train.loop.plateau import PlateauState
from stages.train.loop.progress_bar import Progress
from stages.train.loop.streaming.data_size import is_streamed
from stages.train.loop.streaming.streamed_epochs import StreamedEpochs
from stages.train.model.build_model import build_model
from stages.train.model.own_model import check_own_model
from stages.train.params import Engine, Train
from stages.train.params.model_params import Own


@dataclass(frozen=True)
class TrainingResult:
    """The metrics of each epoch, and the best epoch, counted from 1."""

    history: list[Metrics]
    best_epoch: int


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
    title: str,
    checkpoints: Path,
    model_files: ModelFiles = NO_MODEL_FILES,
) -> Iterator[TrainedSeed]:
    """Train the seeds one after another; all use the same compiled functions.

    With `refit`, each seed's result is the search for the best epoch, and its model the refit: a fresh model that is
    trained on training and validation rows up to the best epoch, and keeps the weights of its last epoch.
    """
    search, refit = Training(processed, params, model_files), None
    if params.refit:
        # The refit has the weights of the search, which come from the training rows alone.
        changes = {
            "monitor": "loss",
            "mode": None,
            "keep": "last",
            "early_stopping": None,
            "class_weight": class_weights(params, processed) or None,
        }
        refit_params = params.model_copy(update=changes)
        concatenate = read_as_one if is_streamed(processed) else np.concatenate
        refit = Training(merge_splits(processed, TRAIN, VALIDATION, concatenate), refit_params, model_files)
    for seed in range(params.seed, params.seed + params.seeds):
        name = title if params.seeds == 1 else f"{title} seed {seed}"
        result = search.run(seed, params.epochs, name, TrainingCheckpoint(checkpoints / f"{seed}.search.npz"))
        if refit:
            checkpoint = TrainingCheckpoint(checkpoints / f"{seed}.refit.npz")
            refit.run(seed, result.best_epoch, f"{name} refit", checkpoint)
        trained = refit or search
        yield TrainedSeed(seed, trained.model, result, trained.engine)


class Training:
    """A model with its compiled epochs, which can be trained from several seeds, one after another."""

    def __init__(self, processed: ProcessedData, params: Train, model_files: ModelFiles = NO_MODEL_FILES) -> None:
        self.fitted, self.params, self.model_files = processed.fitted, params, model_files
        self.model = build_model(params, processed.fitted, model_files)
        if isinstance(params.model, Own):
            rebuilt = build_model(params, processed.fitted, model_files)
            check_own_model(self.model, rebuilt, params.model, model_files)
        self.engine = choose_engine(params, processed.fitted, self.model)
        self.early_stopping = EarlyStoppingState(self.model, params)
        self.plateau = PlateauState(self.model.optimizer, params)
        new_epochs = StreamedEpochs if is_streamed(processed) else CompiledEpochs
        self.epochs = new_epochs(self.model, processed, params, self.engine, self.early_stopping, self.plateau)
        self.initial_optimizer = [variable.numpy() for variable in self.model.optimizer.variables]

    def run(
        self,
        seed: int,
        epochs: int,
        title: str,
        checkpoint: TrainingCheckpoint | None = None,
        pauses: Sequence[int] = (),
        goes_on_after: Callable[[int], bool] = lambda _: True,
    ) -> TrainingResult:
        """Train from the initial weights of this seed, or resume from the checkpoint if it has been saved.

        After each number of epochs in `pauses` the training ends unless `goes_on_after` this number is true. A pause
        changes nothing in the epochs after it.
        """
        self._reset(seed)
        history = self._resume(checkpoint, title) if checkpoint else []
        progress = Progress(title, epochs, len(history))
        while len(history) < epochs and self.early_stopping.should_continue():
            next_pause = min((pause for pause in pauses if len(history) < pause < epochs), default=epochs)
            for metrics in self.epochs.train(seed, len(history) + 1, next_pause, progress.show_part):
                history.append(metrics)
                _check_finite(metrics, len(history))
                progress.step(metrics)
            if checkpoint and checkpoint.is_due:
                self._save(checkpoint, history)
            if len(history) == next_pause < epochs and not goes_on_after(next_pause):
                break
        progress.close()
        # Other trainings of this dataset may follow, and may be interrupted.
        if checkpoint and checkpoint.took_long:
            self._save(checkpoint, history)
        self.early_stopping.restore_best_weights()
        return TrainingResult(history, int(self.early_stopping.best_epoch.numpy()))

    @contextmanager
    def kept_weights(self) -> Iterator[keras.Model]:
        """The model as it would be kept if the training ended now, for the time of the block."""
        current = [weight.numpy() for weight in self.model.weights]
        self.early_stopping.restore_best_weights()
        yield self.model
        for weight, value in zip(self.model.weights, current, strict=True):
            weight.assign(value)

    def set_learning_rate(self, rate: float) -> None:
        """The next trainings start with this rate. It is a variable, so that nothing is compiled again.

        Only for an optimizer whose rate follows no schedule of Keras.
        """
        index = next(n for n, v in enumerate(self.model.optimizer.variables) if v is self.model.optimizer.learning_rate)
        self.initial_optimizer[index] = np.asarray(rate, self.initial_optimizer[index].dtype)

    def _reset(self, seed: int) -> None:
        params = self.params.model_copy(update={"seed": seed})
        self.model.set_weights(build_model(params, self.fitted, self.model_files).get_weights())
        for variable, value in zip(self.model.optimizer.variables, self.initial_optimizer, strict=True):
            variable.assign(value)
        self.early_stopping.reset()
        self.plateau.reset()

    @property
    def _variables(self) -> list[Any]:
        """Everything that one epoch passes on to the next."""
        state = (*self.early_stopping.variables, *self.plateau.variables)
        return [*self.model.weights, *self.model.optimizer.variables, *state]

    def _save(self, checkpoint: TrainingCheckpoint, history: list[Metrics]) -> None:
        checkpoint.save([v.numpy() for v in self._variables], [list(metrics.values()) for metrics in history])

    def _resume(self, checkpoint: TrainingCheckpoint, title: str) -> list[Metrics]:
        loaded = checkpoint.load()
        if loaded is None:
            return []
        values, rows = loaded
        for variable, value in zip(self._variables, values, strict=True):
            variable.assign(value)
        print(f"{title}: resuming after epoch {len(rows)}", flush=True)
        return [dict(zip(self.epochs.columns, row, strict=True)) for row in rows.tolist()]


def _check_finite(metrics: Metrics, epoch: int) -> None:
    names = [name for name, value in metrics.items() if not math.isfinite(value)]
    if names:
        raise UserError(
            f"train: {', '.join(names)} is not finite in epoch {epoch}; "
            "use a smaller train.optimizer.learning_rate, or scale the inputs in preprocess.steps"
        )
