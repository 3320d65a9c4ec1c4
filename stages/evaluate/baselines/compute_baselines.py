"""The predictions of all baselines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from stages.core.artefacts.processed import VALIDATION, ProcessedData, sample_blocks
from stages.core.artefacts.records.evaluation import BaselineFit, LeftOutBaseline
from stages.core.columns.number_columns import LARGEST
from stages.core.errors import ErrorList
from stages.evaluate.baselines.choose_baselines import applicable_baselines, chosen_baselines, plan_fitted_baselines
from stages.evaluate.baselines.fitted_baselines import fitted_baseline_predictions
from stages.evaluate.baselines.series.forecast_not_possible import ForecastNotPossibleError
from stages.evaluate.baselines.series.known_series import naive_errors_of_targets
from stages.evaluate.baselines.series.series_baselines import series_baseline_predictions
from stages.evaluate.baselines.simple_baselines import baseline_predictions, least_squares_fit
from stages.evaluate.decision_threshold import best_threshold
from stages.evaluate.params import Baseline, Evaluate, FittedBaseline
from stages.evaluate.positive_class import positive_classes
from stages.evaluate.target_predictions import TargetPredictions, predict_classes
from stages.inference.predictions import DEFAULT_THRESHOLD

TOO_LARGE = "its predictions are too large for 32 bits in the target's own unit"


@dataclass(frozen=True)
class ComputedBaselines:
    """`predictions` by baseline and target."""

    predictions: dict[str, dict[str, TargetPredictions]]
    fits: list[BaselineFit]
    left_out: list[LeftOutBaseline]


def compute_baselines(params: Evaluate, processed: ProcessedData) -> ComputedBaselines:
    computed = _chosen_predictions(params, processed)
    predictions, fits = computed.predictions, computed.fits
    positive = positive_classes(params, processed)
    plan = plan_fitted_baselines(params, processed)
    left_out = [*computed.left_out, *plan.left_out]
    for fitted, target in plan.fitted:
        predicted, fit = _fit_and_predict(fitted, target, params, processed, positive.get(target))
        if not has_numbers(predicted):
            left_out.append(LeftOutBaseline(baseline=fitted, target=target, reason=TOO_LARGE))
            continue
        predictions.setdefault(fitted, {})[target] = predicted
        fits += [fit] if fit else []
    _check_each_target_has_a_baseline(predictions, left_out)
    weights, naive = processed.weights(params.split), naive_errors_of_targets(processed)
    complete = {
        name: {
            target: replace(
                predicted,
                weights=weights,
                positive=positive.get(target),
                naive_errors=naive.get(target),
                new_array=processed.new_array,
            )
            for target, predicted in by_target.items()
        }
        for name, by_target in predictions.items()
    }
    return ComputedBaselines(complete, fits, left_out)


def _chosen_predictions(params: Evaluate, processed: ProcessedData) -> ComputedBaselines:
    """The baselines of `evaluate.baselines`. Those of series are left out where the known rows are not enough."""
    computed = ComputedBaselines({}, [], [])
    for name in chosen_baselines(params, processed):
        for target in processed.fitted.targets:
            if name not in applicable_baselines(processed.fitted.targets[target], processed):
                continue
            try:
                predicted, fit = _predict(name, target, params, processed)
                if not has_numbers(predicted):
                    raise ForecastNotPossibleError(TOO_LARGE)
            except ForecastNotPossibleError as error:
                computed.left_out.append(LeftOutBaseline(baseline=name, target=target, reason=str(error)))
                continue
            computed.predictions.setdefault(name, {})[target] = predicted
            computed.fits.extend([fit] if fit else [])
    return computed


def has_numbers(predictions: TargetPredictions) -> bool:
    """Whether values are of the size that raw data may have. The logarithm of a large one can be extrapolated."""
    blocks = sample_blocks(len(predictions.predicted))
    return all(bool((np.abs(predictions.predicted[block]) <= LARGEST).all()) for block in blocks)


def _predict(
    name: Baseline, target: str, params: Evaluate, processed: ProcessedData
) -> tuple[TargetPredictions, BaselineFit | None]:
    match name:
        case "majority" | "shuffled":
            return baseline_predictions(name, target, processed, params.split, params.seed), None
        case "linear":
            predicted = baseline_predictions(name, target, processed, params.split, params.seed)
            return predicted, least_squares_fit(target, processed)
        case _:
            values, fit = series_baseline_predictions(name, target, processed, params.split)
            return TargetPredictions(values), fit


def _check_each_target_has_a_baseline(
    predictions: Mapping[str, Mapping[str, TargetPredictions]], left_out: Sequence[LeftOutBaseline]
) -> None:
    """Raise UserError for each target whose baselines are all left out."""
    reasons: dict[str, list[str]] = {}
    for each in left_out:
        reasons.setdefault(each.target, []).append(f"{each.baseline}: {each.reason}")
    errors = ErrorList()
    for target, found in reasons.items():
        errors.check(
            any(target in by_target for by_target in predictions.values()),
            f"evaluate.baselines: none is possible for target {target} ({'; '.join(found)}); add persistence",
        )
    errors.raise_if_any()


def _fit_and_predict(
    name: FittedBaseline, target: str, params: Evaluate, processed: ProcessedData, positive: int | None
) -> tuple[TargetPredictions, BaselineFit | None]:
    spec = processed.fitted.targets[target]
    threshold = DEFAULT_THRESHOLD if isinstance(params.threshold, str) else params.threshold
    rule = params.threshold if isinstance(params.threshold, str) and spec.classes and spec.width == 2 else None
    splits = [params.split, VALIDATION] if rule else [params.split]
    by_split, fit = fitted_baseline_predictions(name, target, processed, splits, params.seed)
    if spec.classes is None:
        return TargetPredictions(by_split[params.split]), fit
    if rule:
        number = 1 if positive is None else positive
        is_positive = processed.truth(VALIDATION)[target] == number
        probability = by_split[VALIDATION][:, number]
        weights = processed.weights(VALIDATION)
        threshold, _ = best_threshold(rule, is_positive, probability, weights, processed.new_array)
    return predict_classes(by_split[params.split], threshold, positive, processed.compute_in_blocks), fit
