"""Models that are converted for LiteRT, with data that they take."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted, InputSpec, ProcessedData
from stages.inference.run_model import RunModel
from stages.train.model.build_model import build_model
from tests.core.own_model.example_files import import_files
from tests.train.small_data import random_data, train_params
from tests.train.test_every_model import CASES

SAMPLES = 20


def built_example(name: str, folder: Path) -> tuple[keras.Model, ProcessedData]:
    """The model of a case of test_every_model, with other weights than the zeros at which some start."""
    case = CASES[name]
    data = random_data(case.inputs, case.targets, train=SAMPLES, validation=0, window=case.window)
    params = train_params(model=case.model, **case.settings)
    model = build_model(params, data.fitted, import_files(folder))
    change_weights(model)
    return model, data


def change_weights(model: keras.Model) -> None:
    """Random changes, the same on every call. A variance stays above 0."""
    random = np.random.default_rng(3)
    for weight in model.weights:
        if weight.dtype == "float32":
            weight.assign(
                np.abs(weight + 1) if "variance" in weight.name else weight + random.normal(0, 0.1, weight.shape)
            )


def edge_rows(fitted: Fitted) -> dict[str, NDArray[Any]]:
    """Zeros, ones, large and small numbers, the highest id, and texts of one word and then padding."""
    return {name: _edge_values(spec) for name, spec in fitted.inputs.items()}


def _edge_values(spec: InputSpec) -> NDArray[Any]:
    values: list[float] = [0, 1, -1, 1000, -1000, 1e-20]
    if not spec.id_count:
        return np.stack([np.full(spec.shape, value, np.float32) for value in values])
    ids = np.stack([np.full(spec.shape, number % spec.id_count, np.int32) for number in (0, 1, 2, -1, -1, 1)])
    if spec.padded:
        ids[:, 0] = np.maximum(ids[:, 0], 1)
        ids[2:4, 1:] = 0
    return ids


def outputs_in_batches(run_model: RunModel, batch: int, rows: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    count = len(next(iter(rows.values())))
    outputs = [
        run_model({name: array[start : start + batch] for name, array in rows.items()})
        for start in range(0, count, batch)
    ]
    return {name: np.concatenate([values[name] for values in outputs]) for name in outputs[0]}
