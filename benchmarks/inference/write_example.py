"""python -m benchmarks.inference.write_example FOLDER PICTURES

Writes the model and the pictures that both sides predict.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.cases import get_case
from benchmarks.inference.prediction_side import FITTED, KERAS_MODEL, LITERT_MODEL, PICTURES
from benchmarks.sides import synthetic_data
from stages.core.runtime import keras as keras_runtime

CASE = "mnist_dense"


def write_example(folder: Path, pictures: int) -> None:
    """The dense net 512-512 with its initial weights, as Keras saves it and for LiteRT."""
    keras_runtime.start_keras(1)
    from benchmarks.sides.restage_side import preprocess_case, train_params
    from stages.export.litert.convert_model import convert_model
    from stages.train.model.build_model import build_model

    case = get_case(CASE, "quick")
    with TemporaryDirectory() as processed:
        fitted = preprocess_case(CASE, case, Path(processed)).fitted
    model = build_model(train_params(CASE, case), fitted)
    model.save(folder / KERAS_MODEL)
    (folder / LITERT_MODEL).write_bytes(convert_model(model, fitted))
    (folder / FITTED).write_text(fitted.model_dump_json(), encoding="utf-8")
    np.save(folder / PICTURES, synthetic_data.images(pictures)[0])


if __name__ == "__main__":
    write_example(Path(sys.argv[1]), int(sys.argv[2]))
