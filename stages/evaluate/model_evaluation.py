"""Predictions and metrics of a trained model. Importing this module loads Keras."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.records.evaluation import MetricsByTarget
from stages.evaluate.metrics import target_metrics
from stages.inference.predictions import LossFunction, mean_loss, model_outputs, predictions_from_outputs

if TYPE_CHECKING:
    from keras import Model


def evaluate_model(
    model: "Model", processed: ProcessedData, split: str, losses: Mapping[str, LossFunction]
) -> tuple[dict[str, NDArray[Any]], MetricsByTarget]:
    """Return by target: probabilities of each class or values in the target's own unit, and the metrics.

    `losses` has the loss that each target was trained with.
    """
    outputs = model_outputs(model, processed, split)
    predictions = predictions_from_outputs(processed.fitted.targets, outputs)
    scaled, truth = processed.targets(split), processed.truth(split)
    metrics: MetricsByTarget = {}
    for name, target in processed.fitted.targets.items():
        predicted = predictions[name] if target.classes is None else np.argmax(predictions[name], axis=1)
        loss = mean_loss(losses[name], scaled[name], outputs[name])
        metrics[name] = {"loss": loss} | target_metrics(target, truth[name], predicted)
    return predictions, metrics
