"""Turns rows into predictions with a trained model. Importing this module loads Keras."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import ProcessedData, TargetSpec
from stages.core.columns.number_columns import LARGEST
from stages.core.errors import UserError
from stages.core.own_model.model_files import ModelFiles
from stages.core.quantiles import MEDIAN, PINBALL, pinball_loss, split_quantiles

# A fixed size: the batch size can change the last bits of a prediction.
BATCH = 1024
# A name of Keras, or a function of the user's own.
LossFunction = str | Callable[..., Any]


def model_outputs(model: keras.Model, processed: ProcessedData, split: str) -> dict[str, NDArray[np.float32]]:
    """The values of the model's output layers for all samples of a split, by target."""
    names, samples = list(processed.fitted.targets), processed.sample_count(split)
    batches = [
        outputs_of_batch(model, names, processed.inputs(split, start, start + BATCH))
        for start in range(0, samples, BATCH)
    ]
    return {name: np.concatenate([batch[name] for batch in batches]) for name in names}


def outputs_of_batch(model: keras.Model, targets: Sequence[str], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the model's output layers by target. A sequential model takes and gives one array."""
    if isinstance(model, keras.Sequential):
        ((name,), (array,)) = targets, inputs.values()
        return {name: model.predict_on_batch(array)}
    outputs: dict[str, Any] = model.predict_on_batch(dict(inputs))
    return outputs


def predictions_from_outputs(
    processed: ProcessedData, split: str, outputs: Mapping[str, NDArray[np.float32]]
) -> dict[str, NDArray[Any]]:
    """By target: the probability of each class, or values in the target's own unit."""
    return {
        name: _values(name, processed.invert(name, split, outputs[name]))
        if target.classes is None
        else class_probabilities(target, outputs[name])
        for name, target in processed.fitted.targets.items()
    }


def _values(target: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values, if they are of the size that raw data may have: metrics of larger ones can be infinite."""
    if too_large := int((~(np.abs(values) <= LARGEST)).sum()):
        raise UserError(
            f"target {target}: {too_large:,} of {values.size:,} predictions are too large for 32 bits in the target's "
            "own unit; use a smaller train.optimizer.learning_rate, or leave log out of preprocess.target_steps"
        )
    return values


def class_probabilities(target: TargetSpec, outputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """One column for each class. A single sigmoid unit gives the probability of the second class.

    >>> from stages.core.columns.class_labels import ClassLabels
    >>> target = TargetSpec(column=ClassLabels(columns=["c"], encoding="integer", classes=["no", "yes"]))
    >>> class_probabilities(target, np.array([[0.25]], np.float32)).tolist()
    [[0.75, 0.25]]
    """
    if outputs.shape[1] == 1 and target.width == 2:
        return np.concatenate([1 - outputs, outputs], axis=1)
    return outputs


def sorted_quantiles(outputs: NDArray[np.float32], quantiles: Sequence[float]) -> NDArray[np.float32]:
    """The predicted quantiles as an array of shape [samples, quantiles, width], for a target that has quantiles.

    They are sorted, since a model can predict a quantile above a higher one.

    >>> sorted_quantiles(np.array([[1.0, 7.0, 3.0, 5.0]]), [0.25, 0.5]).tolist()
    [[[1.0, 5.0], [3.0, 7.0]]]
    """
    found: NDArray[np.float32] = np.sort(split_quantiles(outputs, quantiles), axis=1)
    return found


def median_outputs(
    outputs: Mapping[str, NDArray[np.float32]], quantiles: Mapping[str, Sequence[float]]
) -> dict[str, NDArray[np.float32]]:
    """The outputs, with those of the median for each target that has quantiles."""
    return {
        name: sorted_quantiles(array, quantiles[name])[:, quantiles[name].index(MEDIAN)] if name in quantiles else array
        for name, array in outputs.items()
    }


def loss_functions(
    losses: Mapping[str, str], model_files: ModelFiles, quantiles: Sequence[float] = ()
) -> dict[str, LossFunction]:
    """The loss of each target; `mine.py:my_loss` is a function in the user's own files."""
    return {name: _loss_function(loss, model_files, quantiles) for name, loss in losses.items()}


def _loss_function(loss: str, model_files: ModelFiles, quantiles: Sequence[float]) -> LossFunction:
    if loss == PINBALL:
        return partial(pinball_loss, quantiles=quantiles, ops=keras.ops)
    return model_files.function(loss) if ".py:" in loss else loss


def mean_loss(
    loss: LossFunction,
    truth: NDArray[Any],
    outputs: NDArray[np.float32],
    weights: NDArray[np.float32] | None = None,
) -> float:
    """The mean of the loss over all samples; `truth` is in the scaled unit of the training.

    With weights, each loss is multiplied by its weight and the sum divided by the number of samples, as in training.
    """
    if isinstance(loss, str):
        as_is = truth.ndim == outputs.ndim or loss.startswith("sparse")
    else:
        # Keras passes class numbers as they are, unless there is one output for each.
        as_is = truth.ndim == outputs.ndim or outputs.shape[-1] != 1
    y = truth if as_is else truth[:, None]
    values = keras.losses.get(loss)(y, outputs)
    return float(keras.ops.mean(values if weights is None else values * weights))
