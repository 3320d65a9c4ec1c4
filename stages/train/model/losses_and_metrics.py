"""The loss and the metrics of each target, as Keras takes them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import keras

from stages.core.own_model.model_files import ModelFiles
from stages.core.quantiles import MEDIAN, PINBALL, pinball_loss, split_quantiles
from stages.train.model.own_model import own_metric
from stages.train.params import Train
from stages.train.params.own_function_names import is_own

SMOOTHED_LOSSES = {
    "categorical_crossentropy": keras.losses.CategoricalCrossentropy,
    "binary_crossentropy": keras.losses.BinaryCrossentropy,
}
TensorFunction = Callable[[Any, Any], Any]


def keras_losses(params: Train, targets: Iterable[str], files: ModelFiles) -> dict[str, Any]:
    return {name: _keras_loss(loss, params, files) for name, loss in params.losses(targets).items()}


def _keras_loss(loss: str, params: Train, files: ModelFiles) -> Any:
    if is_own(loss):
        return files.function(loss)
    if loss == PINBALL:
        return _pinball_of(params.quantiles)
    if params.label_smoothing:
        return SMOOTHED_LOSSES[loss](label_smoothing=params.label_smoothing)
    return loss


def _pinball_of(quantiles: Sequence[float]) -> TensorFunction:
    def pinball(truth: Any, outputs: Any) -> Any:
        return pinball_loss(truth, outputs, quantiles, keras.ops)

    return pinball


def keras_metrics(params: Train, targets: Iterable[str], files: ModelFiles) -> dict[str, list[Any]]:
    """Return new metrics of each target. Those of quantiles measure the median, except the user's own."""
    return {
        name: [_keras_metric(metric, params.quantiles_of(name), files) for metric in params.metrics_of(name)]
        for name in targets
    }


def _keras_metric(metric: str, quantiles: Sequence[float], files: ModelFiles) -> Any:
    if is_own(metric):
        return own_metric(metric, files)
    if quantiles:
        return keras.metrics.MeanMetricWrapper(_of_median(keras.losses.get(metric), quantiles), name=metric)
    return metric


def _of_median(function: TensorFunction, quantiles: Sequence[float]) -> TensorFunction:
    median = [*quantiles].index(MEDIAN)

    def of_median(truth: Any, outputs: Any) -> Any:
        return function(truth, split_quantiles(outputs, quantiles, keras.ops)[:, median])

    return of_median
