"""The only test of scaling that loads Keras."""

import keras
import numpy as np
import pytest

from stages.core.columns.scaling import FittedStep, LinearScaling, UnitLength, apply_steps

IMAGES = np.random.default_rng(1).integers(0, 256, (3, 28, 28, 1)).astype(np.float32)


@pytest.mark.parametrize("shape", [(3, 784), (3, 28, 28)])
def test_unit_length_is_what_keras_normalizes_to(shape: tuple[int, ...]) -> None:
    values = IMAGES.reshape(shape).copy()
    values[0, 3] = 0
    scaled = apply_steps([UnitLength(axis=1)], values)
    np.testing.assert_allclose(scaled, keras.utils.normalize(values, axis=1), rtol=1e-6)


@pytest.mark.parametrize(
    "step", [LinearScaling(name="divide", offset=[0.0], scale=[255.0]), UnitLength(axis=1), UnitLength(axis=2)]
)
def test_a_tensor_is_scaled_as_an_array(step: FittedStep) -> None:
    tensor = apply_steps([step], keras.ops.convert_to_tensor(IMAGES), keras.ops)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(tensor), apply_steps([step], IMAGES), rtol=1e-6)
