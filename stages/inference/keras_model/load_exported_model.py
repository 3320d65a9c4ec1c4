"""The Keras model of an exported folder. Importing this module does not load Keras."""

import sys
from pathlib import Path

from stages.core.artefacts.processed import Fitted
from stages.core.own_model.model_files import NO_MODEL_FILES, import_model_files
from stages.core.runtime.keras import start_keras
from stages.inference.run_model import RunModel


def load_exported_model(folder: Path, file: str, own_code: str, fitted: Fitted, threads: int) -> tuple[RunModel, int]:
    """What runs the model, and the number of rows that it takes at once.

    `own_code` is the name of the folder beside the file that has the user's own layers, if there are some. `threads`
    are those of the training: other ones can change the last bits of a prediction.
    """
    # The stage that writes the folder has started Keras already.
    if "keras" not in sys.modules:
        start_keras(threads)
    from stages.inference.keras_model.keras_outputs import BATCH, keras_runner
    from stages.inference.keras_model.load_model import load_model

    code = folder / own_code
    model_files = import_model_files(code) if code.is_dir() else NO_MODEL_FILES
    return keras_runner(load_model(folder, file, model_files), list(fitted.targets)), BATCH
