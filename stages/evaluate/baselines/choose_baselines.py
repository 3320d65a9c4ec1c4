"""Which baselines are computed for which target, and why others are not."""

from dataclasses import dataclass

import numpy as np

from stages.core.artefacts.processed import TRAIN, ProcessedData, TargetSpec, sample_blocks
from stages.core.artefacts.records.evaluation import LeftOutBaseline
from stages.core.columns.pictures.image_pixels import ImagePixels
from stages.core.columns.texts.token_ids import TokenIds
from stages.core.errors import ErrorList
from stages.evaluate.baselines.flat_inputs import flat_width
from stages.evaluate.params import SERIES_BASELINES, Baseline, Evaluate, FittedBaseline

CLASS_BASELINES: tuple[Baseline, ...] = ("majority", "shuffled")
VALUE_BASELINES: tuple[Baseline, ...] = ("linear",)
FITTED_CLASS_BASELINES: tuple[FittedBaseline, ...] = ("logistic", "gradient_boosting")
FITTED_VALUE_BASELINES: tuple[FittedBaseline, ...] = ("linear", "gradient_boosting")
# Fitting takes about two seconds for each million.
MAX_NUMBERS = 5_000_000


@dataclass(frozen=True)
class FittedBaselinePlan:
    """The baselines to fit, as pairs of baseline and target, and those that are left out."""

    fitted: list[tuple[FittedBaseline, str]]
    left_out: list[LeftOutBaseline]


def check_baselines(params: Evaluate, processed: ProcessedData) -> None:
    """Raise UserError unless each baseline applies to a target and each target has a baseline."""
    targets = processed.fitted.targets
    applicable = {name: applicable_baselines(target, processed) for name, target in targets.items()}
    allowed, chosen = baselines_of_all_targets(processed), chosen_baselines(params, processed)
    allowed_fitted = list(dict.fromkeys(name for target in targets.values() for name in _applicable_fitted(target)))
    errors = ErrorList()
    for baseline in chosen:
        errors.check(baseline in allowed, f"evaluate.baselines: {baseline} fits no target; use {' or '.join(allowed)}")
    for fitted in params.fitted_baselines if isinstance(params.fitted_baselines, list) else []:
        message = f"evaluate.fitted_baselines: {fitted} fits no target; use {' or '.join(allowed_fitted)}"
        errors.check(fitted in allowed_fitted, message)
    errors.raise_if_any()
    for name, baselines in applicable.items():
        has_baseline = not set(baselines).isdisjoint(chosen)
        errors.check(has_baseline, f"evaluate.baselines: none for target {name}; add {' or '.join(baselines)}")
    errors.raise_if_any()


def chosen_baselines(params: Evaluate, processed: ProcessedData) -> list[Baseline]:
    """`evaluate.baselines`; without it, all that apply to a target."""
    return params.baselines or baselines_of_all_targets(processed)


def baselines_of_all_targets(processed: ProcessedData) -> list[Baseline]:
    targets = processed.fitted.targets.values()
    return list(dict.fromkeys(name for target in targets for name in applicable_baselines(target, processed)))


def applicable_baselines(target: TargetSpec, processed: ProcessedData) -> tuple[Baseline, ...]:
    if target.classes is not None:
        return CLASS_BASELINES
    if (window := processed.fitted.window) is None:
        return VALUE_BASELINES
    without = () if window.season else ("seasonal_naive",)
    return (*(name for name in SERIES_BASELINES if name not in without), *VALUE_BASELINES)


def plan_fitted_baselines(params: Evaluate, processed: ProcessedData) -> FittedBaselinePlan:
    """A baseline of chosen_baselines() is computed anyway, and is not in the plan."""
    fitted: list[tuple[FittedBaseline, str]] = []
    left_out: list[LeftOutBaseline] = []
    chosen, computed_anyway = params.fitted_baselines, chosen_baselines(params, processed)
    for target, spec in processed.fitted.targets.items():
        reason = _reason_not_to_fit(target, processed)
        if chosen == "auto":
            reason = reason or _reason_not_to_fit_by_default(params.split, spec, processed)
        for name in _applicable_fitted(spec):
            if name in computed_anyway or (chosen != "auto" and name not in chosen):
                continue
            if reason:
                left_out.append(LeftOutBaseline(baseline=name, target=target, reason=reason))
            else:
                fitted.append((name, target))
    return FittedBaselinePlan(fitted, left_out)


def _applicable_fitted(target: TargetSpec) -> tuple[FittedBaseline, ...]:
    return FITTED_VALUE_BASELINES if target.classes is None else FITTED_CLASS_BASELINES


def _reason_not_to_fit(target: str, processed: ProcessedData) -> str:
    """Empty if the baselines can be fitted."""
    if processed.fitted.targets[target].classes is None:
        return ""
    found = {
        number
        for block in sample_blocks(processed.sample_count(TRAIN))
        for number in np.unique(processed.truth_of_target(TRAIN, target, block)).tolist()
    }
    one_class = len(found) < 2
    return "all training rows have the same class" if one_class else ""


def _reason_not_to_fit_by_default(split: str, target: TargetSpec, processed: ProcessedData) -> str:
    """Empty if `auto` fits the baselines."""
    if split == TRAIN:
        return "the model is measured on the training rows, and a fitted baseline can memorise them"
    if any(isinstance(spec.column, ImagePixels | TokenIds) for spec in processed.fitted.inputs.values()):
        return "they are fitted by default for tables and series, not for images and texts"
    rows, inputs = processed.sample_count(TRAIN), flat_width(processed.fitted)
    # A tree for each class in every round; for two classes one is enough.
    outputs = 1 if target.classes is not None and target.width == 2 else target.width
    numbers = rows * inputs * outputs
    if numbers > MAX_NUMBERS:
        parts = f"{rows:,} training rows x {inputs:,} inputs x {outputs:,} outputs"
        return f"they are fitted by default for at most {MAX_NUMBERS:,} numbers, and these are {parts}"
    return ""
