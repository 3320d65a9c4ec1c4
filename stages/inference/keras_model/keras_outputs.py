"""The values of a Keras model's output layers."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import ProcessedData
from stages.inference.run_model import RunModel, outputs_of_inputs, outputs_of_split

# All batches have this size, which can change the last bits of a prediction.
BATCH = 256


def model_outputs(model: keras.Model, processed: ProcessedData, split: str) -> dict[str, NDArray[np.float32]]:
    """The values of the model's output layers for all samples of a split, by target."""
    return outputs_of_split(keras_runner(model, list(processed.fitted.targets)), processed, split, BATCH)


def outputs_of_samples(
    model: keras.Model, targets: Sequence[str], inputs: Mapping[str, NDArray[Any]]
) -> dict[str, NDArray[np.float32]]:
    """The same for samples that are in no split."""
    return outputs_of_inputs(keras_runner(model, targets), inputs, BATCH)


def keras_runner(model: keras.Model, targets: Sequence[str]) -> RunModel:
    return partial(outputs_of_batch, model, targets)


def outputs_of_batch(
    model: keras.Model, targets: Sequence[str], inputs: Mapping[str, NDArray[Any]]
) -> dict[str, NDArray[np.float32]]:
    """The values of the model's output layers by target, for any number of samples up to BATCH.

    The batch is filled up with zeros: the outputs of a sample are the same bits whatever samples are beside it.
    """
    samples = len(next(iter(inputs.values())))
    filled = {name: _filled_up(array) for name, array in inputs.items()}
    # A sequential model takes and gives one array.
    if isinstance(model, keras.Sequential):
        ((name,), (array,)) = targets, filled.values()
        return {name: model.predict_on_batch(array)[:samples]}
    outputs: dict[str, NDArray[np.float32]] = model.predict_on_batch(filled)
    return {name: array[:samples] for name, array in outputs.items()}


def _filled_up(array: NDArray[Any]) -> NDArray[Any]:
    if len(array) > BATCH:
        raise ValueError(f"{len(array)} samples, but a batch has at most {BATCH}")
    filled = np.zeros((BATCH, *array.shape[1:]), array.dtype)
    filled[: len(array)] = array
    return filled
