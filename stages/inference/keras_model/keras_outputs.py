"""The values of a Keras model's output layers."""

import math
from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted, ProcessedData
from stages.inference.keras_model.compiled_batches import RunBatches, compile_batches
from stages.inference.run_model import RunModel, outputs_of_inputs, outputs_of_split

# All batches have this size, which can change the last bits of a prediction.
BATCH = 256
# Of many small samples, one compiled call runs so many batches: calls of one batch take most of the time.
SAMPLES_PER_CALL = 16 * BATCH
# Compiling takes about as long as it saves for so many samples.
SAMPLES_BEFORE_COMPILING = 128 * BATCH
MAX_BYTES_OF_SMALL_SAMPLES = 1 << 13


def model_outputs(model: keras.Model, processed: ProcessedData, split: str) -> dict[str, NDArray[np.float32]]:
    """The values of the model's output layers for all samples of a split, by target."""
    fitted = processed.fitted
    return outputs_of_split(keras_runner(model, list(fitted.targets)), processed, split, samples_per_call(fitted))


def outputs_of_samples(
    model: keras.Model, targets: Sequence[str], inputs: Mapping[str, NDArray[Any]]
) -> dict[str, NDArray[np.float32]]:
    """The same for samples that are in no split."""
    return keras_runner(model, targets)(inputs)


def samples_per_call(fitted: Fitted) -> int:
    """How many samples a call of `keras_runner` should have, so that it is fast and the samples fit into memory."""
    bytes_of_sample = 4 * sum(math.prod(spec.shape) for spec in fitted.inputs.values())
    return SAMPLES_PER_CALL if bytes_of_sample <= MAX_BYTES_OF_SMALL_SAMPLES else BATCH


def keras_runner(model: keras.Model, targets: Sequence[str]) -> RunModel:
    """Runs the model on any number of samples. The outputs of a sample do not depend on how many there are."""
    return KerasRunner(model, targets).run


class KerasRunner:
    """Runs calls of SAMPLES_PER_CALL samples by a function that it compiles when there have been many of them."""

    def __init__(self, model: keras.Model, targets: Sequence[str]) -> None:
        self.model, self.targets, self.samples = model, targets, 0

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
        samples = len(next(iter(inputs.values())))
        self.samples += samples
        if samples == SAMPLES_PER_CALL and self.samples > SAMPLES_BEFORE_COMPILING:
            return self._run_compiled(inputs)
        return outputs_of_inputs(partial(outputs_of_batch, self.model, self.targets), inputs, BATCH)

    def _run_compiled(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
        batches = {name: tf.constant(array.reshape(-1, BATCH, *array.shape[1:])) for name, array in inputs.items()}
        outputs = self._run_batches(batches)
        by_target = {self.targets[0]: outputs} if isinstance(self.model, keras.Sequential) else outputs
        return {name: values.numpy() for name, values in by_target.items()}

    @cached_property
    def _run_batches(self) -> RunBatches:
        return compile_batches(self.model)


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
