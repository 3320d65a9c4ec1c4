"""A trial's data, model and metric, by the functions of the stages. Importing this module loads Keras."""

import math
from dataclasses import dataclass, field, replace
from typing import Any

from stages.cli.tune.objective import compared_rows
from stages.cli.tune.trials.own_code import import_own_code
from stages.cli.tune.trials.trainings import Trainings
from stages.cli.tune.trials.trial_data import TrialData
from stages.cli.tune.trials.trial_params import train_params
from stages.cli.tune.workers.messages import Sections, StudySetup
from stages.core import paths
from stages.core.artefacts.processed import VALIDATION, ProcessedData, arrays_in
from stages.core.bounded_memory.scratch_arrays import scratch_folder
from stages.core.errors import UserError
from stages.core.own_model.code_errors import explain_code_errors
from stages.core.own_model.model_files import ModelFiles
from stages.core.parameters.validation_errors import type_adapter
from stages.core.rounding import round_significant
from stages.evaluate.model_evaluation import evaluate_model
from stages.evaluate.params import Evaluate
from stages.evaluate.positive_class import positive_classes
from stages.evaluate.target_predictions import ModelEvaluation
from stages.inference.keras_model.losses import loss_functions
from stages.train.check_params_fit_data import check_training
from stages.train.loop.training_loop import Training
from stages.train.model.own_model import explain_training_errors
from stages.train.params import Train


@dataclass(frozen=True)
class PreparedTrial:
    """A trial whose parameters were checked against its data. Its training is of one seed, without `refit`."""

    processed: ProcessedData
    params: Train
    files: ModelFiles
    training: Training


@dataclass
class TrialPreparation:
    """What a process keeps between the trials of a study: data, and compiled functions."""

    setup: StudySetup
    data: TrialData
    trainings: Trainings = field(default_factory=Trainings)

    def __post_init__(self) -> None:
        self.params: Evaluate = type_adapter(Evaluate).validate_python(self.setup.evaluate)

    def prepare(self, sections: Sections) -> PreparedTrial:
        """Raises UserError if the parameters do not fit the data."""
        processed = self.data.processed(sections["preprocess"])
        if compared_rows(processed) != self.setup.rows:
            raise UserError(
                "preprocess: these parameters give other validation or test rows than those in conf/, so that their "
                "values cannot be compared"
            )
        params = train_params(sections["train"]).model_copy(update={"seeds": 1, "refit": False})
        check_training(params, processed)
        files = import_own_code(params, self.setup.own_code)
        with explain_training_errors(files, params):
            training = self.trainings.get(sections["preprocess"], processed, params, files)
        return PreparedTrial(processed, params, files, training)

    def value(self, trial: PreparedTrial) -> float:
        """The metric of the trial's model as it is, on the validation rows. Raises UserError if it has none."""
        objective = self.setup.objective
        evaluation = self.evaluation(trial, trial.training.model, VALIDATION)
        if reason := evaluation.undefined.get(objective.target, {}).get(objective.metric):
            raise UserError(f"{objective.name} is not defined, since {reason}")
        value = evaluation.metrics[objective.target].get(objective.metric, math.nan)
        if not math.isfinite(value):
            raise UserError(f"{objective.name} has no value for this model")
        return round_significant(value)

    def evaluation(self, trial: PreparedTrial, model: Any, split: str) -> ModelEvaluation:
        """As the stage evaluate measures the model."""
        targets, params = trial.processed.fitted.targets, trial.params
        with explain_code_errors(str(paths.MODEL_FILES)), scratch_folder(self.setup.folder) as scratch:
            return evaluate_model(
                model,
                replace(trial.processed, new_array=arrays_in(scratch)),
                split,
                loss_functions(params.losses(targets), trial.files, params.quantiles),
                self.params.threshold,
                positive_classes(self.params, trial.processed),
                {name: quantiles for name in targets if (quantiles := params.quantiles_of(name))},
            )
