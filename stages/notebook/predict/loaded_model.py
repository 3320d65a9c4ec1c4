"""Loads a model once, for its Keras object and for predictions with it. Importing this module does not load Keras."""

import sys
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

from stages.cli.predict.trained_model import TrainedModel, open_trained_model
from stages.core import paths
from stages.core.own_model.code_errors import explain_code_errors
from stages.core.own_model.model_files import import_model_files
from stages.core.runtime.keras import start_keras
from stages.inference.predictor import Predictor
from stages.notebook.files.working_folder import in_folder

# A model's own code is imported under one name, whichever model it is of.
_LOADING = RLock()


@dataclass(frozen=True)
class LoadedModel:
    trained: TrainedModel
    keras_model: Any
    predictor: Predictor


def load_model(key: str, folder: Path) -> LoadedModel:
    """`folder` has the files of the model at their paths in the repository.

    Keras is started as evaluate does, unless this process has started TensorFlow: then it keeps its settings.
    """
    with in_folder(folder):
        trained = open_trained_model(key, folder)
    with _LOADING:
        if "tensorflow" not in sys.modules:
            start_keras(trained.training.threads)
        from stages.inference.keras_model import load_model as of_keras
        from stages.inference.keras_model.keras_outputs import BATCH, keras_runner

        with explain_code_errors(str(paths.MODEL_FILES)):
            files = import_model_files(folder / paths.model_file_copies(key))
            model = of_keras.load_model(folder / paths.model(key), model_files=files)
    runner = keras_runner(model, [*trained.fitted.targets])
    return LoadedModel(trained, model, Predictor(trained.fitted, trained.settings, runner, BATCH))
