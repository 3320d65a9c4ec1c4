"""python -m benchmarks.inference.keras_script SETTINGS row|rounds|serve ROW|PORT

Predicts rows as a script does that loads the Keras model and calls `model.predict`. SETTINGS is a JSON file with
ScriptSettings, and ROW a JSON array. `row` predicts the row once. `rounds` predicts it several times whenever a round
is requested on standard input, and answers with the seconds of one prediction. `serve` answers requests of FastAPI.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.sides.run_side import ROUND_REQUEST, peak_memory

ROWS_OF_A_ROUND = 30
# From one row to the probability of each class.
Predict = Callable[[Sequence[float]], Any]


def main(settings: dict[str, Any], mode: str, argument: str) -> None:
    predict = load(settings)
    if mode == "serve":
        serve(settings, predict, int(argument))
    elif mode == "row":
        print(predict(json.loads(argument)).tolist())
    else:
        answer_rounds(predict, json.loads(argument))


def load(settings: dict[str, Any]) -> Predict:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras
    import numpy as np

    model = keras.models.load_model(settings["model"])
    offset, scale = np.float32(settings["offset"]), np.float32(settings["scale"])

    def predict(row: Sequence[float]) -> Any:
        return model.predict((np.array([row], np.float32) - offset) / scale, verbose=0)[0]

    return predict


def answer_rounds(predict: Predict, row: Sequence[float]) -> None:
    predict(row)
    print(json.dumps({"ready": True}), flush=True)
    while sys.stdin.readline().strip() == ROUND_REQUEST:
        start = perf_counter()
        for _ in range(ROWS_OF_A_ROUND):
            predict(row)
        print(json.dumps({"seconds": (perf_counter() - start) / ROWS_OF_A_ROUND}), flush=True)
    print(json.dumps({"peak": peak_memory()}), flush=True)


def serve(settings: dict[str, Any], predict: Predict, port: int) -> None:
    """With the model of a request that the columns make, as FastAPI's tutorial has it."""
    import uvicorn
    from fastapi import FastAPI
    from pydantic import create_model

    fields: dict[str, Any] = dict.fromkeys(settings["columns"], (float, ...))
    row_model: Any = create_model("Row", **fields)
    app = FastAPI()

    def answer(row: Any) -> dict[str, Any]:
        shares = predict([getattr(row, name) for name in settings["columns"]]).tolist()
        named = dict(zip(settings["classes"], shares, strict=True))
        return {settings["target"]: max(named, key=lambda name: named[name]), "probabilities": named}

    answer.__annotations__["row"] = row_model
    app.post("/predict")(answer)
    uvicorn.run(app, port=port, log_level="warning")


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), *sys.argv[2:])
