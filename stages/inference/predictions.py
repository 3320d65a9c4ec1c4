"""Predictions from the values of a model's output layers, whichever library has computed them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import ProcessedData, TargetSpec, sample_blocks
from stages.core.columns.number_columns import LARGEST
from stages.core.errors import UserError
from stages.core.quantiles import MEDIAN, split_quantiles

DEFAULT_THRESHOLD = 0.5


def predictions_from_outputs(
    processed: ProcessedData, split: str, outputs: Mapping[str, NDArray[np.float32]]
) -> dict[str, NDArray[Any]]:
    """By target: the probability of each class, or values in the target's own unit."""
    return {name: _predictions_of_target(processed, split, name, outputs[name]) for name in processed.fitted.targets}


def _predictions_of_target(
    processed: ProcessedData, split: str, name: str, outputs: NDArray[np.float32]
) -> NDArray[Any]:
    target = processed.fitted.targets[name]
    if target.classes is not None and not _is_one_unit_of_two_classes(target, outputs):
        return outputs

    def of_block(block: slice) -> NDArray[Any]:
        if target.classes is None:
            return processed.invert(name, split, outputs[block], block)
        return class_probabilities(target, outputs[block])

    found = processed.compute_in_blocks(len(outputs), of_block)
    return _values(name, found) if target.classes is None else found


def _values(target: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values, if they are of the size that raw data may have: metrics of larger ones can be infinite."""
    if too_large := sum(int((~(np.abs(values[block]) <= LARGEST)).sum()) for block in sample_blocks(len(values))):
        raise UserError(
            f"target {target}: {too_large:,} of {values.size:,} predictions are too large for 32 bits in the target's "
            "own unit; use a smaller train.optimizer.learning_rate, or leave log out of preprocess.target_steps"
        )
    return values


def class_probabilities(target: TargetSpec, outputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """One column for each class. A single sigmoid unit gives the probability of the second class.

    >>> from stages.core.columns.categories.class_labels import ClassLabels
    >>> target = TargetSpec(column=ClassLabels(columns=["c"], encoding="integer", classes=["no", "yes"]))
    >>> class_probabilities(target, np.array([[0.25]], np.float32)).tolist()
    [[0.75, 0.25]]
    """
    if _is_one_unit_of_two_classes(target, outputs):
        return np.concatenate([1 - outputs, outputs], axis=1)
    return outputs


def _is_one_unit_of_two_classes(target: TargetSpec, outputs: NDArray[np.float32]) -> bool:
    return outputs.shape[1] == 1 and target.width == 2


def predicted_classes(
    probabilities: NDArray[Any], threshold: float = DEFAULT_THRESHOLD, positive: int | None = None
) -> NDArray[np.int64]:
    """The number of the most probable class; of two, the positive one if its probability is above the threshold.

    The positive class is the second one, unless `positive` gives its number.

    >>> two_classes = np.array([[0.7, 0.3], [0.4, 0.6]])
    >>> predicted_classes(two_classes).tolist(), predicted_classes(two_classes, 0.2).tolist()
    ([0, 1], [1, 1])
    >>> predicted_classes(two_classes, 0.2, positive=0).tolist()
    [0, 0]
    """
    # The default is the most probable class, for any number of classes: rounding can make both probabilities 0.5.
    if threshold == DEFAULT_THRESHOLD or probabilities.shape[1] != 2:
        return np.asarray(np.argmax(probabilities, axis=1))
    number = 1 if positive is None else positive
    numbers: NDArray[np.int64] = np.where(probabilities[:, number] > threshold, number, 1 - number)
    return numbers


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


def forecasts_by_quantile(
    processed: ProcessedData, target: str, split: str, outputs: NDArray[Any], quantiles: Sequence[float] | None
) -> list[NDArray[Any]]:
    """The forecasts of all samples in the series' own unit, for each quantile; without quantiles, the one forecast."""
    of_samples = sorted_quantiles(outputs, quantiles or [MEDIAN])
    return [processed.invert(target, split, of_samples[:, number]) for number in range(of_samples.shape[1])]
