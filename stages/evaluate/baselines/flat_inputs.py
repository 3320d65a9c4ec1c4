"""The inputs of a split as one matrix."""

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import ProcessedData


def flat_inputs(processed: ProcessedData, split: str) -> NDArray[np.float64]:
    """All inputs of a sample in one row, in the scaled unit that the model takes them in."""
    inputs = [x.reshape(len(x), -1) for x in processed.inputs(split).values()]
    return np.column_stack(inputs).astype(np.float64)
