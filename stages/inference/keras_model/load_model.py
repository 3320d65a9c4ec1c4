"""Loads a trained model, after a check that its file asks only for the layers that train uses, by name.

Importing this module loads Keras.
"""

import zipfile
from pathlib import Path
from textwrap import shorten

import keras

from stages.core.artefacts.model_file import check_model_file
from stages.core.artefacts.read_outputs import reading_output_of
from stages.core.own_model.model_files import NO_MODEL_FILES, ModelFiles

MAX_ERROR_LENGTH = 300


def load_model(folder: Path, file: str = "model.keras", model_files: ModelFiles = NO_MODEL_FILES) -> keras.Model:
    """The model in `folder`, which train wrote for the dataset of the same name; `model_files` has its own code.

    The file is checked before Keras reads it, and Keras reads it in its safe mode: a file that carries code is
    refused. Raises UserError if the file is missing, damaged or refused.
    """
    path = folder / file
    registered = model_files.registered_names(keras.saving.get_custom_objects()) if model_files.modules else None
    with reading_output_of("train", folder.name, path, zipfile.BadZipFile):
        check_model_file(path, registered)
        try:
            return keras.saving.load_model(path, compile=False, safe_mode=True)
        except Exception as error:  # noqa: BLE001 - Keras and TensorFlow raise any exception, with a long message
            message = str(error) or type(error).__name__
            raise ValueError(shorten(message, MAX_ERROR_LENGTH, placeholder=" ...")) from None
