"""Predictions of the models of a backtest and of the baselines, for the test rows of each fold.

Importing this module loads Keras.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from stages.core import paths
from stages.core.artefacts.processed import TEST, ProcessedData, read_processed
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.dask_workers.stage_workers import stage_workers
from stages.core.errors import prefix_errors
from stages.core.own_model.model_files import ModelFiles, digest_of_model_files
from stages.evaluate.backtest.fold_evaluation import FoldEvaluation, evaluate_fold_on_worker
from stages.evaluate.backtest.fold_metrics import FoldMetrics, FoldPredictions, fold_metrics
from stages.evaluate.baselines.compute_baselines import compute_baselines
from stages.evaluate.forecasts.forecast_intervals import forecast_intervals
from stages.evaluate.model_evaluation import EvaluateModel, model_evaluator
from stages.evaluate.params import Evaluate, FittedBaseline
from stages.inference.keras_model.keras_outputs import model_outputs
from stages.inference.keras_model.load_model import load_model

if TYPE_CHECKING:
    from keras import Model

FITTED_IN_FOLDS: list[FittedBaseline] = ["linear", "logistic"]


@contextmanager
def evaluated_folds(
    evaluation: FoldEvaluation, training: TrainingRecord, model_files: ModelFiles
) -> Iterator[Iterator[dict[str, FoldMetrics]]]:
    """Yield an iterator that evaluates the folds, which are counted from 1, and gives their metrics by target.

    Stage workers begin at once, while this process does something else.
    """
    folds = range(1, len(training.folds) + 1)
    address = stage_workers()
    if not (folds and address):
        found = (evaluate_fold(evaluation, fold, training, model_files) for fold in folds)
        yield naming_folds(found, folds)
        return
    # Only when asked for: Dask is an extra.
    from stages.core.dask_workers.call_on_workers import calls_on_workers

    calls = [partial(evaluate_fold_on_worker, evaluation, fold) for fold in folds]
    process = digest_of_model_files(paths.model_file_copies(evaluation.key))
    with calls_on_workers(calls, address, training.threads, process) as results:
        yield naming_folds(results, folds)


def naming_folds(results: Iterator[dict[str, FoldMetrics]], folds: range) -> Iterator[dict[str, FoldMetrics]]:
    """An error names its fold."""
    for fold in folds:
        with prefix_errors(f"fold {fold}"):
            result = next(results)
        yield result


def evaluate_fold(
    evaluation: FoldEvaluation, fold: int, training: TrainingRecord, model_files: ModelFiles
) -> dict[str, FoldMetrics]:
    """Losses and thresholds are those of the dataset; data and model are those of the fold."""
    model = load_model(paths.model(evaluation.key), f"folds/{fold}.keras", model_files)
    data = read_processed(paths.processed_data(evaluation.key), fold)
    evaluate = model_evaluator(evaluation.params, training, model_files, evaluation.positive)
    return fold_metrics(predict_fold(model, data, evaluation.params, evaluate, training.quantiles_by_target))


def predict_fold(
    model: "Model",
    data: ProcessedData,
    params: Evaluate,
    evaluate: EvaluateModel,
    quantiles: Mapping[str, Sequence[float]],
) -> FoldPredictions:
    """The predictions are those of test rows, also where `evaluate.split` measures the dataset on other rows.

    Baselines, intervals and naive errors are those of the rows of the fold. `quantiles` are those that the model
    predicts of a target.
    """
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
