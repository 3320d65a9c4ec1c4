"""python -m benchmarks.inference.prediction_side keras|litert FOLDER row|rounds

Predicts the pictures in FOLDER. `row` predicts the first one and prints its probabilities and the peak memory as JSON.
`rounds` predicts all of them in one call whenever a round is requested on standard input, after a first call.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.sides.run_side import ROUND_REQUEST, peak_memory

KERAS_MODEL, LITERT_MODEL, FITTED, PICTURES = "model.keras", "model.tflite", "fitted.json", "pictures.npy"
# From pictures as bytes to the probability of each class.
Predict = Callable[[Any], Any]


def main(side: str, folder: Path, mode: str) -> None:
    load = {"keras": load_keras, "litert": load_litert}[side]
    predict = load(folder)
    import numpy as np

    pictures = np.load(folder / PICTURES)
    if mode == "row":
        _send(probabilities=predict(pictures[:1])[0].tolist(), peak=peak_memory())
        return
    predict(pictures)
    _send(ready=True)
    while sys.stdin.readline().strip() == ROUND_REQUEST:
        start = perf_counter()
        predict(pictures)
        _send(seconds=perf_counter() - start)
    _send(peak=peak_memory())


def load_keras(folder: Path) -> Predict:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras

    model = keras.models.load_model(folder / KERAS_MODEL)
    return lambda pictures: model.predict(pictures / 255.0, verbose=0)


def load_litert(folder: Path) -> Predict:
    from stages.core.artefacts.processed import Fitted
    from stages.inference.litert.litert_model import load_litert_model
    from stages.inference.new_rows.raw_rows import RawRows
    from stages.inference.output_settings import OutputSettings
    from stages.inference.predictor import Predictor

    fitted = Fitted.model_validate_json((folder / FITTED).read_text(encoding="utf-8"))
    predictor = Predictor(fitted, OutputSettings(), *load_litert_model(folder / LITERT_MODEL, fitted))
    [[picture]], [target] = [spec.columns for spec in fitted.inputs.values()], fitted.targets

    def predict(pictures: Any) -> Any:
        # Grey pictures have one channel.
        return predictor.predict(RawRows({picture: pictures[..., None]}, len(pictures)))[target].probabilities

    return predict


def _send(**values: Any) -> None:
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
