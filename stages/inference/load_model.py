"""Loads a trained model. Importing this module loads Keras."""

from pathlib import Path
from textwrap import shorten
from zipfile import BadZipFile

import keras

from stages.core.artefacts.read_outputs import reading_output_of
from stages.inference.check_model_file import check_model_file

MAX_ERROR_LENGTH = 300


def load_model(folder: Path, file: str = "model.keras") -> keras.Model:
    """The model in `folder`, which train wrote for the dataset of the same name.

    The file is checked before Keras reads it, and Keras reads it in its safe mode: a file that carries code is
    refused. Raises UserError if the file is missing, damaged or refused.
    """
    path = folder / file
    with reading_output_of("train", folder.name, path, BadZipFile):
        check_model_file(path)
        try:
            return keras.saving.load_model(path, compile=False, safe_mode=True)
        except Exception as error:  # noqa: BLE001 - Keras and TensorFlow raise any exception, with a long message
            message = str(error) or type(error).__name__
            raise ValueError(shorten(message, MAX_ERROR_LENGTH, placeholder=" ...")) from None
