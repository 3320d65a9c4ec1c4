"""What a process needs to train the model of a fold. The process of a worker imports this before it loads Keras."""

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stages.core import paths
from stages.core.own_model.model_files import NO_MODEL_FILES, import_model_files
from stages.core.runtime.keras import start_keras
from stages.train.params import Train

if TYPE_CHECKING:
    from stages.train.loop.training_loop import TrainingResult


@dataclass(frozen=True)
class FoldTraining:
    """Data and own code are in the files of the dataset. Each fold has a folder of its own in `checkpoints`."""

    key: str
    params: Train
    checkpoints: Path


def train_fold_on_worker(training: FoldTraining, fold: int, folder: Path) -> "tuple[TrainingResult, str]":
    """The result, and the name of the file in `folder` that has the model.

    The name is not used twice: a worker that was taken for dead may still write another file.
    """
    params = training.params
    start_keras(params.threads)
    from stages.train.backtest.train_folds import train_fold
    from stages.train.model.own_model import explain_training_errors

    own_code = paths.model_file_copies(training.key)
    model_files = import_model_files(own_code) if params.own_functions else NO_MODEL_FILES
    name = f"{fold}-{uuid.uuid4().hex}.keras"
    with explain_training_errors(model_files, params):
        return train_fold(training, fold, folder / name, model_files), name
