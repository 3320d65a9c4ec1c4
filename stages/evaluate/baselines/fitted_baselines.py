"""Models of scikit-learn, fitted on the training rows with the inputs that the model takes.

The process has one thread for linear algebra and OpenMP (core/runtime/bootstrap.py), so that the result does not depend
on the number of cores. Scikit-learn is imported where it is used: that takes more than a second.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TRAIN, ProcessedData
from stages.core.artefacts.records.evaluation import BaselineFit
from stages.evaluate.baselines.flat_inputs import flat_inputs
from stages.evaluate.baselines.simple_baselines import least_squares_fit, least_squares_predictions
from stages.evaluate.params import FittedBaseline
from stages.evaluate.target_predictions import Array

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingRegressor

MAX_ITERATIONS = 1000


class FittedPredictions(NamedTuple):
    """Probabilities or values by split; `fit` is None for least squares of all inputs."""

    by_split: Mapping[str, Array]
    fit: BaselineFit | None


def fitted_baseline_predictions(
    name: FittedBaseline, target: str, processed: ProcessedData, splits: Sequence[str], seed: int
) -> FittedPredictions:
    """For classes, probabilities of every class of the target; for values, values in the target's own unit."""
    if name == "linear":
        by_split = {split: least_squares_predictions(target, processed, split) for split in splits}
        return FittedPredictions(by_split, least_squares_fit(target, processed))
    if name == "logistic":
        return _logistic_regression(target, processed, splits)
    if processed.fitted.targets[target].classes is not None:
        return _boosted_classes(target, processed, splits, seed)
    return _boosted_values(target, processed, splits, seed)


def _logistic_regression(target: str, processed: ProcessedData, splits: Sequence[str]) -> FittedPredictions:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    training_inputs = flat_inputs(processed, TRAIN)
    mean, deviation = training_inputs.mean(axis=0), training_inputs.std(axis=0)
    deviation[deviation == 0] = 1
    model = LogisticRegression(max_iter=MAX_ITERATIONS)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        scaled = (training_inputs - mean) / deviation
        model.fit(scaled, processed.truth(TRAIN)[target], sample_weight=processed.weights(TRAIN))
    converged = not any(issubclass(each.category, ConvergenceWarning) for each in caught)
    by_split = {
        split: _probabilities(
            processed, split, target, model, lambda inputs: model.predict_proba((inputs - mean) / deviation)
        )
        for split in splits
    }
    iterations = int(np.max(model.n_iter_))
    fit = BaselineFit(baseline="logistic", target=target, iterations=iterations, converged=converged)
    return FittedPredictions(by_split, fit)


def _boosted_classes(target: str, processed: ProcessedData, splits: Sequence[str], seed: int) -> FittedPredictions:
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(early_stopping=False, random_state=seed)
    model.fit(flat_inputs(processed, TRAIN), processed.truth(TRAIN)[target], sample_weight=processed.weights(TRAIN))
    by_split = {split: _probabilities(processed, split, target, model, model.predict_proba) for split in splits}
    return FittedPredictions(by_split, _boosting_fit(target, model))


def _boosted_values(target: str, processed: ProcessedData, splits: Sequence[str], seed: int) -> FittedPredictions:
    """One model for each column of the target, and for each step ahead."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    training_inputs, values = flat_inputs(processed, TRAIN), processed.targets(TRAIN)[target].astype(np.float64)
    models = [
        HistGradientBoostingRegressor(early_stopping=False, random_state=seed).fit(
            training_inputs, column, sample_weight=processed.weights(TRAIN)
        )
        for column in values.reshape(len(values), -1).T
    ]
    by_split = {
        split: processed.compute_in_blocks(
            processed.sample_count(split), partial(_values_of_block, processed, split, target, models)
        )
        for split in splits
    }
    return FittedPredictions(by_split, _boosting_fit(target, models[0]))


def _values_of_block(
    processed: ProcessedData,
    split: str,
    target: str,
    models: Sequence["HistGradientBoostingRegressor"],
    block: slice,
) -> Array:
    inputs = flat_inputs(processed, split, block)
    return processed.invert(target, split, np.column_stack([model.predict(inputs) for model in models]), block)


def _probabilities(
    processed: ProcessedData, split: str, target: str, model: Any, predict: Callable[[Array], Array]
) -> Array:
    width = processed.fitted.targets[target].width

    def of_block(block: slice) -> Array:
        return _of_all_classes(predict(flat_inputs(processed, split, block)), model.classes_, width)

    return processed.compute_in_blocks(processed.sample_count(split), of_block)


def _boosting_fit(target: str, model: "HistGradientBoostingRegressor") -> BaselineFit:
    """Boosting ends after a fixed number of rounds: it does not converge."""
    return BaselineFit(baseline="gradient_boosting", target=target, iterations=int(model.n_iter_))


def _of_all_classes(probabilities: NDArray[Any], present: NDArray[Any], width: int) -> NDArray[np.float64]:
    """A class without training rows has the probability 0.

    >>> _of_all_classes(np.array([[0.25, 0.75]]), np.array([0, 2]), 3).tolist()
    [[0.25, 0.0, 0.75]]
    """
    complete = np.zeros((len(probabilities), width))
    complete[:, present] = probabilities
    return complete
