"""One training: epochs until the last one, or until early stopping ends it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stages.core.artefacts.processed import ProcessedData
from stages.core.errors import UserError
from stages.train.loop.checkpoint import TrainingCheckpoint
from stages.train.loop.choose_engine import choose_engine
from stages.train.loop.compiled_epochs import CompiledEpochs, Metrics
from stages.train.loop.early_stopping import EarlyStoppingState
from stages.train.loop.progress_bar import Progress
from stages.train.model.build_model import build_model
from stages.train.params import Loss, Train


@dataclass(frozen=True)
class TrainingResult:
    """The metrics of each epoch, and the best epoch, counted from 1."""

    history: list[Metrics]
    best_epoch: int


class Training:
    """A model with its compiled epochs, which can be trained from several seeds, one after another."""

    def __init__(self, processed: ProcessedData, params: Train, losses: Mapping[str, Loss]) -> None:
        self.processed, self.params, self.losses = processed, params, losses
        self.engine = choose_engine(params, processed.fitted)
        self.model = build_model(params, processed.fitted, losses)
        self.early_stopping = EarlyStoppingState(self.model, params)
        self.epochs = CompiledEpochs(self.model, processed, params, self.engine, self.early_stopping)
        self.initial_optimizer = [variable.numpy() for variable in self.model.optimizer.variables]

    def run(self, seed: int, epochs: int, title: str, checkpoint: TrainingCheckpoint | None = None) -> TrainingResult:
        """Train from the initial weights of this seed, or resume from the checkpoint if it has been saved."""
        self._reset(seed)
        history = self._resume(checkpoint, title) if checkpoint else []
        progress = Progress(title, epochs, len(history))
        while len(history) < epochs and self.early_stopping.should_continue():
            for metrics in self.epochs.train(seed, len(history) + 1, epochs):
                history.append(metrics)
                _check_finite(metrics, len(history))
                progress.step(metrics)
            if checkpoint and checkpoint.is_due:
                self._save(checkpoint, history)
        progress.close()
        # Other trainings of this dataset may follow, and may be interrupted.
        if checkpoint and checkpoint.took_long:
            self._save(checkpoint, history)
        self.early_stopping.restore_best_weights()
        return TrainingResult(history, int(self.early_stopping.best_epoch.numpy()))

    def _reset(self, seed: int) -> None:
        params = self.params.model_copy(update={"seed": seed})
        self.model.set_weights(build_model(params, self.processed.fitted, self.losses).get_weights())
        for variable, value in zip(self.model.optimizer.variables, self.initial_optimizer, strict=True):
            variable.assign(value)
        self.early_stopping.reset()

    @property
    def _variables(self) -> list[Any]:
        """Everything that one epoch passes on to the next."""
        return [*self.model.weights, *self.model.optimizer.variables, *self.early_stopping.variables]

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
