"""Trainings whose compiled functions are used again by trials that differ in the learning rate or the seed alone."""

import gc
import math
from typing import Any

from stages.cli.tune.trials.recently_used import RecentlyUsed
from stages.cli.tune.trials.trial_data import processed_bytes
from stages.core.artefacts.processed import ProcessedData
from stages.core.files.atomic_write import json_text
from stages.core.own_model.model_files import ModelFiles
from stages.train.loop.training_loop import Training
from stages.train.params import Train
from stages.train.params.optimizer_params import Plateau

MAX_BYTES = 512_000_000
# Compiled functions, beside data and variables.
BYTES_OF_FUNCTIONS = 10_000_000
BYTES_OF_NUMBER = 4


class Trainings:
    """A model and its compiled epochs for each set of parameters that compiles to something else."""

    def __init__(self) -> None:
        self._trainings = RecentlyUsed[Training](MAX_BYTES)

    def get(self, preprocess: dict[str, Any], processed: ProcessedData, params: Train, files: ModelFiles) -> Training:
        """A training that starts as a new one with these parameters would."""

        def make() -> Training:
            gc.collect()  # of trainings that were dropped
            return Training(processed, params, files)

        if files.modules:  # code of the user's own may keep what it likes in its model
            return make()
        key = json_text({"preprocess": preprocess, "train": parameters_of_compilation(params)})
        training = self._trainings.get(key, make, lambda made: processed_bytes(processed) + training_bytes(made))
        if has_variable_rate(params):
            training.set_learning_rate(params.optimizer.learning_rate)
        return training


def parameters_of_compilation(params: Train) -> dict[str, Any]:
    """All parameters but those that are values of variables, or arguments, of the compiled functions."""
    content = params.model_dump(mode="json", exclude={"seed"})
    if has_variable_rate(params):
        del content["optimizer"]["learning_rate"]
    return content


def has_variable_rate(params: Train) -> bool:
    """Whether the learning rate is a variable, and not computed by a schedule of Keras."""
    return params.optimizer.schedule is None or isinstance(params.optimizer.schedule, Plateau)


def training_bytes(training: Training) -> int:
    """What a training keeps beside its data. Large models have large variables."""
    model, stopping = training.model, training.early_stopping
    variables = [*model.weights, *model.optimizer.variables, *stopping.variables]
    numbers: int = sum(math.prod(variable.shape) for variable in variables)
    return BYTES_OF_FUNCTIONS + BYTES_OF_NUMBER * numbers
