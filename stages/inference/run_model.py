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
    samples = processed.sample_count(split)
    outputs = run_model(processed.inputs(split, 0, batch))
    targets = [*processed.fitted.targets]
    if samples <= batch:
        return {name: outputs[name] for name in targets}
    found = {n: processed.new_array((samples, *outputs[n].shape[1:]), outputs[n].dtype) for n in targets}
    for start in range(0, samples, batch):
        if start:
            outputs = run_model(processed.inputs(split, start, start + batch))
        for name in targets:
            found[name][start : start + batch] = outputs[name]
    return found
