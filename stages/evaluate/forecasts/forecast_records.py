"""What is measured of the forecasts of each target, beside the metrics of all steps together."""

from collections.abc import Mapping
from typing import NamedTuple

from stages.core.artefacts.processed import TRAIN, ProcessedData
from stages.core.artefacts.records.evaluation import (
    DieboldMariano,
    DirectionalAccuracy,
    ForecastInterval,
    ForecastRecord,
)
from stages.core.rounding import round_significant
from stages.evaluate.baselines.series.naive_forecasts import persistence_forecast
from stages.evaluate.forecasts.diebold_mariano import (
    Loss,
    UndefinedTestError,
    diebold_mariano,
    overlapping_samples,
    sample_losses,
)
from stages.evaluate.forecasts.directional_accuracy import directional_accuracy
from stages.evaluate.forecasts.forecast_intervals import ForecastIntervals, TargetInterval
from stages.evaluate.forecasts.forecast_steps import forecast_steps
from stages.evaluate.forecasts.interval_metrics import interval_metrics
from stages.evaluate.metrics.value_metrics import mean_absolute_error
from stages.evaluate.target_predictions import Array, TargetPredictions

# Metrics of squared errors. With all other headlines, the test compares absolute errors.
SQUARED = ("mse", "rmse", "r2", "weighted_mse", "weighted_rmse", "weighted_r2")


class Compared(NamedTuple):
    """The predictions of the model and of the baseline `name`, and the loss by which a test compares them."""

    model: TargetPredictions
    name: str
    baseline: TargetPredictions
    loss: Loss


def forecast_records(
    processed: ProcessedData,
    split: str,
    model: Mapping[str, TargetPredictions],
    baselines: Mapping[str, Mapping[str, TargetPredictions]],
    headline: tuple[str, str],
    best_baseline: str,
    intervals: ForecastIntervals,
) -> dict[str, ForecastRecord]:
    """By target that is a value of windows.

    `headline` is a target and a metric, and `best_baseline` the best one for it. For another target it is the baseline
    with the lowest mean absolute error.
    """
    if processed.fitted.window is None:
        return {}
    truth = processed.truth(split)
    records = {}
    for name, target in processed.fitted.targets.items():
        if target.classes is None:
            of_target = {each: by_target[name] for each, by_target in baselines.items() if name in by_target}
            is_headline = name == headline[0]
            baseline = best_baseline if is_headline else _most_accurate(truth[name], of_target)
            loss: Loss = "squared" if is_headline and headline[1] in SQUARED else "absolute"
            compared = Compared(model[name], baseline, of_target[baseline], loss)
            records[name] = _forecast_record(processed, split, name, compared, intervals)
    return records


def _most_accurate(truth: Array, baselines: Mapping[str, TargetPredictions]) -> str:
    return min(baselines, key=lambda name: mean_absolute_error(truth, baselines[name].predicted))


def _forecast_record(
    processed: ProcessedData,
    split: str,
    target: str,
    compared: Compared,
    intervals: ForecastIntervals,
) -> ForecastRecord:
    window, spec = processed.fitted.window, processed.fitted.targets[target]
    assert window is not None
    truth, interval = processed.truth(split)[target], intervals.found.get(target)
    left_out = {"interval": intervals.left_out[target]} if target in intervals.left_out else {}
    overlap = overlapping_samples(window.steps_ahead[-1], window.stride)
    try:
        test = _diebold_mariano(split, truth, compared, overlap)
    except UndefinedTestError as error:
        test, left_out["diebold_mariano"] = None, str(error)
    direction = _direction(processed, split, target, compared.model, overlap)
    if direction is None:
        left_out["direction"] = "no true value differs from the last known one"
    return ForecastRecord(
        baseline=compared.name,
        steps=[*forecast_steps(window, spec, truth, compared.model, compared.baseline, interval)],
        interval=_interval(truth, interval) if interval else None,
        diebold_mariano=test,
        direction=direction,
        left_out=left_out,
    )


def _interval(truth: Array, interval: TargetInterval) -> ForecastInterval:
    metrics = interval_metrics(truth, interval.bounds, interval.fitted.level)
    return ForecastInterval(
        level=interval.fitted.level,
        method=interval.fitted.method,
        calibration_rows=interval.fitted.calibration_rows,
        coverage=round_significant(metrics["coverage"]),
        interval_score=round_significant(metrics["interval_score"]),
    )


def _diebold_mariano(split: str, truth: Array, compared: Compared, overlap: int) -> DieboldMariano:
    if split == TRAIN:
        raise UndefinedTestError("the model was trained on the samples that it is measured on")
    outcome = diebold_mariano(
        sample_losses(truth, compared.model.predicted, compared.loss),
        sample_losses(truth, compared.baseline.predicted, compared.loss),
        overlap,
    )
    return DieboldMariano(
        baseline=compared.name,
        loss=compared.loss,
        statistic=round_significant(outcome.statistic),
        p_value=round_significant(outcome.p_value),
        result=outcome.result,
    )


def _direction(
    processed: ProcessedData, split: str, target: str, model: TargetPredictions, overlap: int
) -> DirectionalAccuracy | None:
    history, window = processed.history(split, target), processed.fitted.window
    assert window is not None
    last_known = persistence_forecast(history.values, history.origins, window.steps_ahead)
    found = directional_accuracy(processed.truth(split)[target], model.predicted, last_known, overlap)
    if found is None:
        return None
    lower, upper = found.interval
    return DirectionalAccuracy(
        samples=found.forecasts,
        accuracy=round_significant(found.accuracy),
        interval=(round_significant(lower), round_significant(upper)),
    )
