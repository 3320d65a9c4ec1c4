"""Trains the default and the best parameters, and measures both on the same rows. Importing this module loads Keras.

The test rows are used here alone, once, when the study has ended.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from stages.cli.tune.objective import Objective
from stages.cli.tune.study import BestAgainstDefault
from stages.cli.tune.trials.prepare_trials import PreparedTrial, TrialPreparation
from stages.cli.tune.trials.train_trials import run_training
from stages.cli.tune.trials.trial_params import train_params
from stages.cli.tune.workers.messages import ComparisonTask, Sections
from stages.core.artefacts.processed import TEST, VALIDATION, ProcessedData
from stages.core.rounding import round_significant
from stages.evaluate.baselines.compare_with_baselines import best_baseline, dependent_rows
from stages.evaluate.target_predictions import ModelEvaluation
from stages.train.loop.training_loop import train_seeds


@dataclass(frozen=True)
class Measured:
    """A trained model's evaluation by split."""

    processed: ProcessedData
    evaluations: dict[str, ModelEvaluation]


def compare_trials(task: ComparisonTask, preparation: TrialPreparation) -> list[BestAgainstDefault]:
    """On the validation rows, and on the test rows where there are some that define the metric."""
    default = measure(task.default, preparation)
    best = default if task.best == task.default else measure(task.best, preparation)
    objective, seed = preparation.setup.objective, preparation.params.seed
    defined = [
        split for split in best.evaluations if all(_is_defined(each, split, objective) for each in (default, best))
    ]
    return [_comparison(split, default, best, objective, seed) for split in defined]


def measure(sections: Sections, preparation: TrialPreparation) -> Measured:
    """With `refit`, test rows are predicted by the model that was trained on the validation rows too."""
    trial = preparation.prepare(sections)
    run_training(trial, "comparison")
    evaluations = {VALIDATION: preparation.evaluation(trial, trial.training.model, VALIDATION)}
    if trial.processed.has_split(TEST):
        evaluations[TEST] = (
            _evaluate_refitted(trial, sections, preparation)
            if train_params(sections["train"]).refit
            else preparation.evaluation(trial, trial.training.model, TEST)
        )
    return Measured(trial.processed, evaluations)


def _evaluate_refitted(trial: PreparedTrial, sections: Sections, preparation: TrialPreparation) -> ModelEvaluation:
    params = train_params(sections["train"]).model_copy(update={"seeds": 1})
    with tempfile.TemporaryDirectory(prefix="restage-tune-") as checkpoints:
        [trained] = train_seeds(trial.processed, params, "comparison", Path(checkpoints), trial.files)
    return preparation.evaluation(trial, trained.model, TEST)


def _is_defined(measured: Measured, split: str, objective: Objective) -> bool:
    return objective.metric in measured.evaluations[split].metrics[objective.target]


def _comparison(split: str, default: Measured, best: Measured, objective: Objective, seed: int) -> BestAgainstDefault:
    target, metric = objective.target, objective.metric
    found = best_baseline(
        metric,
        best.processed.fitted.targets[target],
        best.processed.truth(split)[target],
        best.evaluations[split].predictions[target],
        {"default": default.evaluations[split].predictions[target]},
        block=max(dependent_rows(each.processed, split) for each in (default, best)),
        seed=seed,
    )
    return BestAgainstDefault(
        split="test" if split == TEST else "validation",
        rows=best.processed.sample_count(split),
        default=found.value,
        best=round_significant(best.evaluations[split].metrics[target][metric]),
        improvement=found.improvement,
        interval=found.interval,
        resamples=found.resamples,
    )
