"""Predictions of the models of a backtest and of the baselines, for the test rows of each fold.

Importing this module loads Keras.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from stages.core.artefacts.processed import TEST, ProcessedData
from stages.core.errors import prefix_errors
from stages.evaluate.backtest.backtest_records import FoldPredictions
from stages.evaluate.baselines.compute_baselines import compute_baselines
from stages.evaluate.forecasts.forecast_intervals import forecast_intervals
from stages.evaluate.params import Evaluate, FittedBaseline
from stages.evaluate.target_predictions import ModelEvaluation
from stages.inference.keras_model.keras_outputs import model_outputs

if TYPE_CHECKING:
    from keras import Model

FITTED_IN_FOLDS: list[FittedBaseline] = ["linear", "logistic"]
EvaluateModel = Callable[["Model", ProcessedData, str], ModelEvaluation]


def evaluate_folds(
    folds: int,
    load_fold: Callable[[int], tuple["Model", ProcessedData]],
    params: Evaluate,
    evaluate: EvaluateModel,
    quantiles: Mapping[str, Sequence[float]],
) -> list[FoldPredictions]:
    """Folds are counted from 1. `evaluate` is evaluate_model() with the losses and thresholds of the dataset.

    Baselines, intervals and naive errors are those of the rows of the fold. `quantiles` are those that the models
    predict of a target.
    """
    found = []
    for number in range(1, folds + 1):
        with prefix_errors(f"fold {number}"):
            found.append(_evaluate_fold(*load_fold(number), params, evaluate, quantiles))
    return found


def _evaluate_fold(
    model: "Model",
    data: ProcessedData,
    params: Evaluate,
    evaluate: EvaluateModel,
    quantiles: Mapping[str, Sequence[float]],
) -> FoldPredictions:
    """The predictions are those of test rows, also where `evaluate.split` measures the dataset on other rows."""
    # Boosted trees for each step ahead in each fold would take most of the stage's time. A list asks for them.
    fitted = FITTED_IN_FOLDS if params.fitted_baselines == "auto" else params.fitted_baselines
    params = params.model_copy(update={"split": TEST, "fitted_baselines": fitted})
    # Windows allow no refit on validation rows.
    refit = False
    return FoldPredictions(
        data=data,
        model=evaluate(model, data, TEST),
        baselines=compute_baselines(params, data).predictions,
        intervals=forecast_intervals(params, data, refit, quantiles, lambda split: model_outputs(model, data, split)),
    )
