"""How a trained model is run, whichever library runs it."""

from collections.abc import Callable, Mapping
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
    # Without samples, an empty batch has the shape of the outputs.
    starts = range(0, max(processed.sample_count(split), 1), batch)
    found = [run_model(processed.inputs(split, start, start + batch)) for start in starts]
    return {name: np.concatenate([outputs[name] for outputs in found]) for name in processed.fitted.targets}
