"""Trains a trial and measures it on the validation rows. Importing this module loads Keras.

A training starts from the initial weights of its seed, and its order of rows depends on seed and epoch. So it gives the
same model whatever the process trained before.
"""

import time

from stages.cli.tune.search.halving import is_behind
from stages.cli.tune.study import Better
from stages.cli.tune.trials.prepare_trials import PreparedTrial, TrialPreparation
from stages.cli.tune.workers.messages import TrialResult, TrialTask
from stages.train.loop.training_loop import TrainingResult
from stages.train.model.own_model import explain_training_errors


def train_trial(task: TrialTask, preparation: TrialPreparation) -> TrialResult:
    """Raises UserError if the parameters do not fit the data, or if the training diverges."""
    started, trial = time.monotonic(), preparation.prepare(task.sections)
    rungs = RungValues(trial, preparation, task.limits)
    result = run_training(trial, f"trial {task.number}", task.rungs, rungs)
    return TrialResult(
        state="stopped" if rungs.is_behind else "complete",
        value=list(rungs.values.values())[-1] if rungs.is_behind else preparation.value(trial),
        epochs=len(result.history),
        best_epoch=result.best_epoch,
        rungs=rungs.values,
        seconds=round(time.monotonic() - started, 3),
    )


class RungValues:
    """The metric at each rung, of the model as it would be kept if the training ended there."""

    def __init__(self, trial: PreparedTrial, preparation: TrialPreparation, limits: dict[int, float]) -> None:
        self.trial, self.preparation, self.limits = trial, preparation, limits
        self.better: Better = preparation.setup.objective.better
        self.values: dict[int, float] = {}
        self.is_behind = False

    def goes_on_after(self, epochs: int) -> bool:
        with self.trial.training.kept_weights():
            value = self.values[epochs] = self.preparation.value(self.trial)
        limit = self.limits.get(epochs)
        self.is_behind = limit is not None and is_behind(value, limit, self.better)
        return not self.is_behind


def run_training(
    trial: PreparedTrial, title: str, pauses: list[int] | None = None, rungs: RungValues | None = None
) -> TrainingResult:
    """Train the model of the trial; with `rungs`, it may end at one of the pauses."""
    params = trial.params
    with explain_training_errors(trial.files, params):
        if rungs is None:
            return trial.training.run(params.seed, params.epochs, title)
        return trial.training.run(
            params.seed, params.epochs, title, pauses=pauses or [], goes_on_after=rungs.goes_on_after
        )
