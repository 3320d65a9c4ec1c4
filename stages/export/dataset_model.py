"""The Keras model of a dataset. Importing this module loads Keras."""

import keras

from stages.core import paths
from stages.core.own_model.code_errors import explain_code_errors
from stages.core.own_model.model_files import import_model_files
from stages.export.dataset_inputs import DatasetInputs
from stages.inference.keras_model.keras_outputs import BATCH, keras_runner
from stages.inference.keras_model.load_model import load_model
from stages.inference.predictor import Predictor


def keras_predictor(inputs: DatasetInputs) -> tuple[keras.Model, Predictor]:
    """The model, and what predicts with it."""
    model_files = import_model_files(paths.model_file_copies(inputs.key))
    with explain_code_errors(str(paths.MODEL_FILES)):
        model = load_model(paths.model(inputs.key), model_files=model_files)
    fitted = inputs.processed.fitted
    return model, Predictor(fitted, inputs.settings, keras_runner(model, list(fitted.targets)), BATCH)
