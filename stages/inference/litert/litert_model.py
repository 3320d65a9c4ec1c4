"""Runs a model that was converted for LiteRT. Importing this module loads LiteRT."""

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted
from stages.core.errors import UserError, prefix_errors
from stages.core.runtime.hide_stderr import hide_stderr
from stages.core.runtime.usable_cores import usable_cores
from stages.inference.litert.signature import Tensor, check_signature, signature_of
from stages.inference.run_model import RunModel

# More rows at once are hardly faster, and need more memory for the values between layers.
BATCH = 128
# With fewer rows at once, several threads are not faster than one.
MANY_ROWS = 64


def load_litert_model(path: Path, fitted: Fitted) -> tuple[RunModel, int]:
    """The function that runs the model, and the number of rows that it takes at most.

    Many rows at once use all cores that this process may use, which changes no bit. Raises UserError if the file is
    missing, damaged, or of other inputs or targets.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; export the model again") from None
    with prefix_errors(str(path)):
        try:
            run_model, batch = litert_runner(content, fitted)
        except (RuntimeError, ValueError):
            raise UserError("damaged, or not a LiteRT model; export the model again") from None
    cores = usable_cores()
    if cores == 1 or batch < MANY_ROWS:
        return run_model, batch
    return ModelOnCores(run_model, lambda: litert_runner(content, fitted, cores)[0]).run, batch


def litert_runner(content: bytes, fitted: Fitted, threads: int = 1) -> tuple[RunModel, int]:
    """As load_litert_model, for the content of a file. Raises RuntimeError or ValueError if LiteRT cannot run it."""
    # LiteRT says on stderr how it will run the model.
    with hide_stderr():
        interpreter = Interpreter(model_content=content, num_threads=threads)
        inputs, outputs = signature_of(interpreter)
        check_signature(inputs, outputs, fitted)
        interpreter.allocate_tensors()
    return LiteRTModel(interpreter, inputs, outputs).run, next(iter(inputs.values())).rows or BATCH


class ModelOnCores:
    """Runs many rows with all cores, and others with one. The model is loaded a second time for the first many rows."""

    def __init__(self, run_few: RunModel, load_many: Callable[[], RunModel]) -> None:
        self._run_few = run_few
        self._load_many = load_many
        self._run_many: RunModel | None = None
        self._lock = Lock()

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
        if len(next(iter(inputs.values()))) < MANY_ROWS:
            return self._run_few(inputs)
        with self._lock:
            if self._run_many is None:
                self._run_many = self._load_many()
        return self._run_many(inputs)


class LiteRTModel:
    def __init__(self, interpreter: Any, inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor]) -> None:
        """`interpreter` has memory for one row."""
        self._interpreter = interpreter
        self._inputs = inputs
        self._outputs = outputs
        self._rows = 1
        self._lock = Lock()

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
        """The values of the output layers by target. A row's values are the same bits whatever rows are beside it."""
        # An interpreter has one memory for all threads.
        with self._lock:
            self._resize(len(next(iter(inputs.values()))))
            for name, tensor in self._inputs.items():
                self._interpreter.set_tensor(tensor.index, np.ascontiguousarray(inputs[name], tensor.dtype))
            self._interpreter.invoke()
            return {name: self._interpreter.get_tensor(tensor.index) for name, tensor in self._outputs.items()}

    def _resize(self, rows: int) -> None:
        if rows == self._rows:
            return
        # If a resize fails, the next call tries again.
        self._rows = 0
        for tensor in self._inputs.values():
            self._interpreter.resize_tensor_input(tensor.index, [rows, *tensor.shape])
        self._interpreter.allocate_tensors()
        self._rows = rows
