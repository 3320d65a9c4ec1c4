"""How a trained model is run, whichever library runs it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import ProcessedData

# From the inputs of a batch of samples to the values of the model's output layers, by target.
RunModel = Callable[[Mapping[str, NDArray[Any]]], dict[str, NDArray[np.float32]]]


def outputs_of_split(
    run_model: RunModel, processed: ProcessedData, split: str, batch: int
) -> dict[str, NDArray[np.float32]]:
    """The values of the model's output layers for all samples of a split, by target; `batch` samples at a time."""
    samples = processed.sample_count(split)
    found: dict[str, NDArray[np.float32]] = {}
    for start in _batch_starts(samples, batch):
        outputs = run_model(processed.inputs(split, start, start + batch))
        if start == 0:
            found = {n: processed.new_array((samples, *a.shape[1:]), a.dtype) for n, a in outputs.items()}
        for name, array in outputs.items():
            found[name][start : start + batch] = array
    return found


def outputs_of_inputs(
    run_model: RunModel, inputs: Mapping[str, NDArray[Any]], batch: int
) -> dict[str, NDArray[np.float32]]:
    """The same for any number of samples, whose inputs are in memory."""
    starts = _batch_starts(len(next(iter(inputs.values()))), batch)
    return _joined([run_model({n: array[start : start + batch] for n, array in inputs.items()}) for start in starts])


def _batch_starts(samples: int, batch: int) -> range:
    """Without samples, an empty batch has the shape of the outputs."""
    return range(0, max(samples, 1), batch)


def _joined(outputs: Sequence[Mapping[str, NDArray[np.float32]]]) -> dict[str, NDArray[np.float32]]:
    return {name: np.concatenate([of_batch[name] for of_batch in outputs]) for name in outputs[0]}
