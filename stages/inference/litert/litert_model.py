"""Runs a model that was converted for LiteRT."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted
from stages.inference.litert.signature import SIGNATURE
from stages.inference.run_model import RunModel

# More rows at once are not faster.
BATCH = 256


def load_litert_model(path: Path, fitted: Fitted, threads: int = 1) -> tuple[RunModel, int]:
    """What runs the model, and the number of rows that it takes at most."""
    return LiteRTModel(Interpreter(str(path), num_threads=threads), fitted).outputs, BATCH


class LiteRTModel:
    """It is not safe to use by several threads at once."""

    def __init__(self, interpreter: Any, fitted: Fitted) -> None:
        self._interpreter = interpreter
        self._fitted = fitted
        runner = interpreter.get_signature_runner(SIGNATURE)
        self._inputs = {name: detail["index"] for name, detail in runner.get_input_details().items()}
        self._outputs = {name: detail["index"] for name, detail in runner.get_output_details().items()}
        self._rows = 0

    def outputs(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
        rows = len(next(iter(inputs.values())))
        if rows != self._rows:
            self._resize(rows)
        for name, index in self._inputs.items():
            self._interpreter.set_tensor(index, inputs[name])
        self._interpreter.invoke()
        return {name: self._interpreter.get_tensor(index) for name, index in self._outputs.items()}

    def _resize(self, rows: int) -> None:
        for name, index in self._inputs.items():
            self._interpreter.resize_tensor_input(index, [rows, *self._fitted.inputs[name].shape])
        self._interpreter.allocate_tensors()
        self._rows = rows
