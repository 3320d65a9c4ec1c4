"""The weights of classes and of samples in training."""

from collections.abc import Mapping
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import ALL_SAMPLES, TRAIN, ProcessedData, Samples, TargetSpec, sample_blocks
from stages.core.errors import ErrorList, suggest
from stages.train.params import Train
from stages.train.params.loss_params import ClassWeight, LabelWeights

WeightOfTarget = Literal["balanced"] | LabelWeights
# The weight of each class that has training rows, by target and label.
ClassWeights = dict[str, dict[str, float]]
# The weight of each sample, by target; empty if samples are not weighted.
SampleWeights = dict[str, NDArray[np.float32]]


def check_class_weight(weight: ClassWeight | None, targets: Mapping[str, TargetSpec], errors: ErrorList) -> None:
    """Add an error for each target and label of `train.class_weight` that is not one of the data."""
    classified = _classified(targets)
    if weight is None:
        return
    if not classified:
        errors.add("train.class_weight: no target is a class; take it out")
    elif _is_by_label(weight) and len(classified) > 1:
        example = ", ".join(f"{name}: {{...}}" for name in classified)
        errors.add(f"train.class_weight: there are several targets; write `class_weight: {{{example}}}`")
    else:
        for name, of_target in _by_target(weight, targets).items():
            _check_target(name, of_target, targets, errors)


def _check_target(name: str, weight: WeightOfTarget, targets: Mapping[str, TargetSpec], errors: ErrorList) -> None:
    if name not in _classified(targets):
        hint = "it holds values" if name in targets else suggest(name, _classified(targets))
        errors.add(f"train.class_weight: no classes of {name!r}; {hint}")
        return
    classes = targets[name].classes or []
    for label in weight if isinstance(weight, dict) else ():
        hint = suggest(label, classes)
        errors.check(label in classes, f"train.class_weight: target {name} has no class {label!r}; {hint}")


def _classified(targets: Mapping[str, TargetSpec]) -> list[str]:
    return [name for name, target in targets.items() if target.classes is not None]


def _is_by_label(weight: ClassWeight) -> bool:
    return isinstance(weight, dict) and all(isinstance(value, float | int) for value in weight.values())


def _by_target(weight: ClassWeight | None, targets: Mapping[str, TargetSpec]) -> dict[str, WeightOfTarget]:
    if weight is None:
        return {}
    if isinstance(weight, dict) and not _is_by_label(weight):
        return cast("dict[str, WeightOfTarget]", weight)
    return dict.fromkeys(_classified(targets), cast("WeightOfTarget", weight))


def class_weights(params: Train, processed: ProcessedData) -> ClassWeights:
    """Return the weights of the classes of each target that `train.class_weight` concerns."""
    by_target = _by_target(params.class_weight, processed.fitted.targets)
    return {name: _weights_of_target(name, weight, processed) for name, weight in by_target.items()}


def _weights_of_target(name: str, weight: WeightOfTarget, processed: ProcessedData) -> dict[str, float]:
    classes = processed.fitted.targets[name].classes or []
    totals = _rows_of_classes(name, len(classes), processed)
    balanced = balanced_weights(totals)
    if not isinstance(weight, dict):
        return {classes[number]: value for number, value in balanced.items()}
    return {classes[number]: float(weight.get(classes[number], 1.0)) for number in balanced}


def balanced_weights(totals: NDArray[np.float64]) -> dict[int, float]:
    """Return the weight of each class that has rows, as scikit-learn's `balanced`: every class weighs the same.

    >>> balanced_weights(np.array([6.0, 2.0, 0.0]))
    {0: 0.6666666666666666, 1: 2.0}
    """
    present = np.flatnonzero(totals)
    return {int(number): float(totals.sum() / (len(present) * totals[number])) for number in present}


def _rows_of_classes(name: str, classes: int, processed: ProcessedData) -> NDArray[np.float64]:
    """The number of training samples of each class, or the sum of their weights."""
    counts = np.zeros(classes, np.float64)
    for block in sample_blocks(processed.sample_count(TRAIN)):
        weights = processed.weights(TRAIN, block)
        counts += np.bincount(
            class_numbers(processed, TRAIN, name, block),
            weights=None if weights is None else weights.astype(np.float64),
            minlength=classes,
        )
    return counts


def class_numbers(
    processed: ProcessedData, split: str, target: str, samples: Samples = ALL_SAMPLES
) -> NDArray[np.int64]:
    return np.asarray(processed.truth_of_target(split, target, samples), np.int64).reshape(-1)


def sample_weights(
    processed: ProcessedData, split: str, by_class: ClassWeights, samples: Samples = ALL_SAMPLES
) -> SampleWeights:
    """Return the weight of each sample: that of its row, times that of its class."""
    of_rows = processed.weights(split, samples)
    if of_rows is None and not by_class:
        return {}
    weights = {}
    for name, target in processed.fitted.targets.items():
        if name in by_class:
            of_classes = [by_class[name].get(label, 1.0) for label in target.classes or []]
            weights[name] = np.array(of_classes, np.float32)[class_numbers(processed, split, name, samples)]
        else:
            weights[name] = np.ones(np.arange(processed.sample_count(split))[samples].shape, np.float32)
        if of_rows is not None:
            weights[name] = weights[name] * of_rows
    return weights
