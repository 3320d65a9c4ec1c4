from typing import Any

import numpy as np
import pytest

from stages.core.own_model.model_files import NO_MODEL_FILES
from stages.inference.keras_model.losses import loss_functions, mean_loss

PROBABILITIES = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]], np.float32)


@pytest.mark.parametrize(
    ("name", "truth", "outputs", "expected"),
    [
        ("mean_squared_error", [[1.0], [2]], [[2.0], [5]], (1 + 9) / 2),
        ("mean_absolute_error", [[1.0], [2]], [[2.0], [5]], (1 + 3) / 2),
        ("huber", [[1.0], [2]], [[1.5], [5]], (0.125 + 2.5) / 2),
        ("binary_crossentropy", [1, 0], [[0.9], [0.2]], -(np.log(0.9) + np.log(0.8)) / 2),
        ("sparse_categorical_crossentropy", [0, 2], PROBABILITIES, -(np.log(0.7) + np.log(0.8)) / 2),
        ("categorical_crossentropy", [[1, 0, 0], [0, 0, 1]], PROBABILITIES, -(np.log(0.7) + np.log(0.8)) / 2),
    ],
)
def test_mean_loss(name: str, truth: Any, outputs: Any, expected: float) -> None:
    assert mean_loss(name, np.array(truth), np.array(outputs, np.float32)) == pytest.approx(expected, rel=1e-5)


def test_the_loss_of_quantiles() -> None:
    """Of one column: 4 is predicted as 1, 2 and 3, with 1/2 of the weight, and 0 exactly."""
    losses = loss_functions({"y": "pinball", "z": "huber"}, NO_MODEL_FILES, [0.1, 0.5, 0.9])
    truth, outputs = np.array([[4.0], [0.0]], np.float32), np.array([[1.0, 2, 3], [0, 0, 0]], np.float32)
    loss = (0.1 * 3 + 0.5 * 2 + 0.9 * 1) / 3
    assert mean_loss(losses["y"], truth, outputs) == pytest.approx(loss / 2, rel=1e-6)
    assert mean_loss(losses["y"], truth, outputs, np.array([0.5, 1], np.float32)) == pytest.approx(loss / 4, rel=1e-6)
    assert losses["z"] == "huber"
