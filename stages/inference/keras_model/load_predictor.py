"""Starts Keras as evaluate does, and loads what predicts new rows. Importing this module does not load Keras."""

from pathlib import Path

from stages.core import paths
from stages.core.artefacts.processed import Fitted
from stages.core.own_model.code_errors import explain_code_errors
from stages.core.own_model.model_files import import_model_files
from stages.core.runtime.keras import start_keras
from stages.inference.output_settings import OutputSettings
from stages.inference.predictor import Predictor


def load_predictor(model: Path, model_files: Path, fitted: Fitted, settings: OutputSettings, threads: int) -> Predictor:
    """`model` is the folder that train wrote, `model_files` that of the guard's copies of the files in conf/models/.

    `threads` are those of the training, as in training.json: other ones can change the last bits of a prediction.
    """
    start_keras(threads)
    from stages.inference.keras_model.keras_outputs import keras_runner, samples_per_call
    from stages.inference.keras_model.load_model import load_model

    with explain_code_errors(str(paths.MODEL_FILES)):
        files = import_model_files(model_files)
        runner = keras_runner(load_model(model, model_files=files), [*fitted.targets])
    return Predictor(fitted, settings, runner, samples_per_call(fitted))
