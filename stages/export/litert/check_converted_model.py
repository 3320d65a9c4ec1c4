"""Whether LiteRT gives what Keras gives: some operations are refused only when they run.

Importing this module loads Keras.
"""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted, InputSpec
from stages.export.litert.not_convertible import NotConvertibleError
from stages.inference.keras_model.keras_outputs import outputs_of_batch
from stages.inference.litert.litert_model import litert_runner
from stages.inference.litert.tolerance import TOLERANCE, largest_difference

ROWS = 3


def check_converted_model(model: keras.Model, content: bytes, fitted: Fitted) -> None:
    """Compare the outputs for a few random rows. Raises NotConvertibleError.

    They differ too if a row's outputs depend on the rows beside it, which are others in Keras, or on chance.
    """
    rows = _random_rows(fitted)
    try:
        run_model, batch = litert_runner(content, fitted)
        batches = [
            run_model({name: array[start : start + batch] for name, array in rows.items()})
            for start in range(0, ROWS, batch)
        ]
    except (RuntimeError, ValueError) as error:
        raise NotConvertibleError(f"LiteRT cannot run the converted model: {error}") from None
    outputs = {name: np.concatenate([values[name] for values in batches]) for name in fitted.targets}
    difference = largest_difference(outputs_of_batch(model, list(fitted.targets), rows), outputs)
    if difference > TOLERANCE:
        raise NotConvertibleError(
            f"the outputs of Keras and LiteRT for the same rows differ by {difference:.0e} of the largest output; "
            "a row's outputs may depend on nothing but the row"
        )


def _random_rows(fitted: Fitted) -> dict[str, NDArray[Any]]:
    random = np.random.default_rng(0)
    return {name: _random_values(spec, random) for name, spec in fitted.inputs.items()}


def _random_values(spec: InputSpec, random: np.random.Generator) -> NDArray[Any]:
    """A text has at least one word, and here no padding."""
    shape = (ROWS, *spec.shape)
    if spec.id_count:
        return random.integers(int(spec.padded), spec.id_count, shape, np.int32)
    return random.random(shape, np.float32)
