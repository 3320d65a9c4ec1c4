"""The losses that a model was trained with."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from stages.core.own_model.model_files import ModelFiles
from stages.core.quantiles import PINBALL, pinball_loss

# A name of Keras, or a function of the user's own.
LossFunction = str | Callable[..., Any]


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
