"""The predictions of all baselines."""

from dataclasses import dataclass, replace

from stages.core.artefacts.processed import VALIDATION, ProcessedData
from stages.core.artefacts.records.evaluation import BaselineFit, LeftOutBaseline
from stages.evaluate.baselines.choose_baselines import chosen_baselines, plan_fitted_baselines
from stages.evaluate.baselines.fitted_baselines import fitted_baseline_predictions
from stages.evaluate.baselines.simple_baselines import baseline_predictions
from stages.evaluate.decision_threshold import best_threshold
from stages.evaluate.params import Evaluate, FittedBaseline
from stages.evaluate.positive_class import positive_classes
from stages.evaluate.target_predictions import DEFAULT_THRESHOLD, TargetPredictions, predict_classes


@dataclass(frozen=True)
class ComputedBaselines:
    """`predictions` by baseline and target."""

    predictions: dict[str, dict[str, TargetPredictions]]
    fits: list[BaselineFit]
    left_out: list[LeftOutBaseline]


def compute_baselines(params: Evaluate, processed: ProcessedData) -> ComputedBaselines:
    predictions: dict[str, dict[str, TargetPredictions]] = {}
    for simple in chosen_baselines(params, processed):
        for target in processed.fitted.targets:
            predicted = baseline_predictions(simple, target, processed, params.split, params.seed)
            if predicted is not None:
                predictions.setdefault(simple, {})[target] = predicted
    positive = positive_classes(params, processed)
    plan, fits = plan_fitted_baselines(params, processed), []
    for fitted, target in plan.fitted:
        predicted, fit = _fit_and_predict(fitted, target, params, processed, positive.get(target))
        predictions.setdefault(fitted, {})[target] = predicted
        fits += [fit] if fit else []
    weights = processed.weights(params.split)
    complete = {
        name: {
            target: replace(predicted, weights=weights, positive=positive.get(target))
            for target, predicted in by_target.items()
        }
        for name, by_target in predictions.items()
    }
    return ComputedBaselines(complete, fits, plan.left_out)


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
        threshold, _ = best_threshold(rule, is_positive, probability, processed.weights(VALIDATION))
    return predict_classes(by_split[params.split], threshold, positive), fit
