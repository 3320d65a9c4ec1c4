"""The outputs of a sample are the same bits whatever samples are beside it, wherever it is and however many there are.

`keras_runner` promises it. It holds because every layer computes a sample of a full batch by itself, and because a
compiled call of several batches computes each as `predict_on_batch` does.
"""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from stages.core.artefacts.processed import ProcessedData
from stages.core.own_model.model_files import NO_MODEL_FILES
from stages.inference.keras_model import keras_outputs
from stages.inference.keras_model.keras_outputs import BATCH, keras_runner
from stages.train.model.build_model import build_model
from tests.core.own_model.example_files import import_files
from tests.train.small_data import random_data, train_params
from tests.train.test_every_model import CASES, IN_EVERY_RUN, Case

SAMPLES = 2 * BATCH + 30


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in IN_EVERY_RUN else [pytest.mark.long]) for name in CASES]
)
def test_the_bits_of_a_sample(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]
    data = random_data(case.inputs, case.targets, train=SAMPLES, validation=0, window=case.window)
    model = model_with_random_weights(case, data, tmp_path)
    together = outputs(model, data, np.arange(SAMPLES))
    shuffled = np.random.default_rng(1).permutation(SAMPLES)
    for target, found in outputs(model, data, shuffled).items():
        np.testing.assert_array_equal(found, together[target][shuffled], strict=True)
    for sample in (0, 1, 37, BATCH - 1, SAMPLES - 1):
        for target, found in outputs(model, data, np.array([sample])).items():
            np.testing.assert_array_equal(found, together[target][[sample]], strict=True)
    monkeypatch.setattr(keras_outputs, "SAMPLES_PER_CALL", 2 * BATCH)
    monkeypatch.setattr(keras_outputs, "SAMPLES_BEFORE_COMPILING", 0)
    in_one_call = keras_runner(model, [*data.fitted.targets])(data.inputs("train", 0, 2 * BATCH))
    for target, found in in_one_call.items():
        np.testing.assert_array_equal(found, together[target][: 2 * BATCH], strict=True)


def model_with_random_weights(case: Case, data: ProcessedData, folder: Path) -> keras.Model:
    """Layers that begin with zeros, such as biases, have other weights too; variances stay above 0."""
    of_model = ("output", "loss", "quantiles", "metrics")
    settings = {name: value for name, value in case.settings.items() if name in of_model}
    params = train_params(**{"model": case.model} | settings)
    model = build_model(params, data.fitted, import_files(folder) if params.own_functions else NO_MODEL_FILES)
    random = np.random.default_rng(2)
    for weight in model.weights:
        if weight.dtype == "float32":
            weight.assign(np.abs(random.normal(scale=0.5, size=weight.shape)) * random.choice([1, 0.3], weight.shape))
    return model


def outputs(model: keras.Model, data: ProcessedData, samples: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    run = keras_runner(model, [*data.fitted.targets])
    batches = [samples[start : start + BATCH] for start in range(0, len(samples), BATCH)]
    found = [run(data.inputs_of_samples("train", batch)) for batch in batches]
    return {target: np.concatenate([each[target] for each in found]) for target in data.fitted.targets}
