"""Whether a converted model gives the outputs of the Keras model. Importing this module loads Keras."""

from pathlib import Path

import keras
import numpy as np

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION, ProcessedData
from stages.export.litert.not_convertible import NotConvertibleError
from stages.inference.keras_model.keras_outputs import BATCH, keras_runner
from stages.inference.litert.litert_model import load_litert_model
from stages.inference.litert.tolerance import TOLERANCE, largest_difference


def check_same_outputs(file: Path, model: keras.Model, processed: ProcessedData) -> None:
    """Compare the outputs for the first samples that the model was not trained on.

    Raises NotConvertibleError if they differ by more than the tolerance. How much they differ is not in the message:
    it depends on the processor.
    """
    split = next(name for name in (TEST, VALIDATION, TRAIN) if processed.has_split(name))
    samples = min(BATCH, processed.sample_count(split))
    inputs = processed.inputs(split, 0, samples)
    expected = keras_runner(model, list(processed.fitted.targets))(inputs)
    run_model, batch = load_litert_model(file, processed.fitted)
    parts = [
        run_model({name: array[start : start + batch] for name, array in inputs.items()})
        for start in range(0, samples, batch)
    ]
    found = {name: np.concatenate([part[name] for part in parts]) for name in expected}
    if largest_difference(expected, found) > TOLERANCE:
        raise NotConvertibleError(f"as a LiteRT model its outputs differ by more than {TOLERANCE:g}")
