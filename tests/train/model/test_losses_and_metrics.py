"""What Keras minimizes and measures for quantiles, by hand."""

import numpy as np
import pytest

from stages.core.own_model.model_files import NO_MODEL_FILES
from stages.train.model.losses_and_metrics import keras_losses, keras_metrics
from tests.train.small_data import train_params

PARAMS = train_params(
    loss={"y": "pinball", "z": "huber"},
    quantiles=[0.1, 0.5, 0.9],
    metrics=["mean_absolute_error", "mean_squared_error"],
)
# Two samples of two columns, and their quantiles 0.1, 0.5 and 0.9.
TRUTH = np.array([[1.0, 2], [3, 4]], np.float32)
OUTPUTS = np.array([[0, 0, 2, 5, 3, 6], [3, 4, 3, 4, 3, 4]], np.float32)


def test_the_loss_of_a_target_with_quantiles():
    losses = keras_losses(PARAMS, ["y", "z"], NO_MODEL_FILES)
    first = (0.1 * 1 + 0.1 * 2 + 0.5 * 1 + 0.5 * 3 + 0.1 * 2 + 0.1 * 4) / 6
    assert np.asarray(losses["y"](TRUTH, OUTPUTS)) == pytest.approx([first, 0], rel=1e-6)
    assert losses["z"] == "huber"


def test_metrics_measure_the_median():
    metrics = keras_metrics(PARAMS, ["y", "z"], NO_MODEL_FILES)
    for metric in metrics["y"]:
        metric.update_state(TRUTH, OUTPUTS)
    # The errors of the medians are 1, 3, 0 and 0.
    assert {metric.name: float(metric.result()) for metric in metrics["y"]} == pytest.approx(
        {"mean_absolute_error": 1, "mean_squared_error": 2.5}
    )
    assert metrics["z"] == ["mean_absolute_error", "mean_squared_error"]
