"""Studies as `restage tune` makes them: usual ones, and those at the limits of what the page must show."""

from collections.abc import Callable, Mapping
from math import exp, log
from typing import Any

import numpy as np

from stages.cli.tune.study import BestAgainstDefault, Choices, NumberRange, Range, StudyResult, TrialRecord

RATE = NumberRange(kind="float", low=0.0001, high=0.1, log=True)
UNITS = Choices(values=["[64, 32]", "[128, 64, 32]", "[512, 256, 128, 64, 32]"])
RANGES: dict[str, Range] = {
    "train.optimizer.learning_rate": RATE,
    "train.model.units": UNITS,
    "train.model.dropout": NumberRange(kind="float", low=0, high=0.5, step=0.1),
    "train.batch": NumberRange(kind="int", low=8, high=64, log=True),
}
DEFAULTS: dict[str, Any] = {
    "train.optimizer.learning_rate": 0.001,
    "train.model.units": "[512, 256, 128, 64, 32]",
    "train.model.dropout": 0.0,
    "train.batch": 10,
}
IMPORTANCE = {
    "train.optimizer.learning_rate": 0.71,
    "train.batch": 0.2,
    "train.model.units": 0.0896,
    "train.model.dropout": 0.0004,
}


def comparisons(default: float, best: float, width: float = 0.03, improvement: float | None = None) -> list[Any]:
    better = best - default if improvement is None else improvement
    return [
        BestAgainstDefault(
            split="validation", rows=24, default=default, best=best, improvement=better,
            interval=(better - width / 2, better + width), resamples=2000,
        ),
        BestAgainstDefault(
            split="test", rows=30, default=default, best=best - better / 2, improvement=better / 2,
            interval=(better / 2 - width, better / 2 + width), resamples=2000,
        ),
    ]  # fmt: skip


def trial(number: int, value: float | None = 0.9, **changes: Any) -> TrialRecord:
    fields: dict[str, Any] = {
        "round": number // 4, "values": DEFAULTS, "state": "failed" if value is None else "complete", "epochs": 20,
    }  # fmt: skip
    if value is None:
        fields |= {"error": "the loss is not a number after epoch 3", "epochs": 3}
    return TrialRecord(number=number, value=value, **(fields | changes))


def study(trials: list[TrialRecord], **changes: Any) -> StudyResult:
    better = changes.get("better", "higher")
    values = {t.number: t.value for t in trials if t.state == "complete" and t.value is not None}
    best = (max if better == "higher" else min)(values, key=lambda number: values[number]) if values else 0
    fields: dict[str, Any] = {
        "key": "iris", "metric": "accuracy", "better": better, "seed": 0, "ranges": RANGES, "trials": trials,
        "best": best, "importance": IMPORTANCE, "comparisons": comparisons(0.875, 0.958),
    }  # fmt: skip
    return StudyResult(**(fields | changes))


def drawn(limits: Range, random: np.random.Generator) -> float | int | str:
    if isinstance(limits, Choices):
        return limits.values[int(random.integers(len(limits.values)))]
    share = float(random.random())
    if limits.log:
        value = exp(log(limits.low) + share * (log(limits.high) - log(limits.low)))
    else:
        value = limits.low + share * (limits.high - limits.low)
    if limits.step is not None:
        value = limits.low + round((value - limits.low) / limits.step) * limits.step
    return round(value) if limits.kind == "int" else float(f"{value:.6g}")


def drawn_trials(
    count: int, ranges: Mapping[str, Range], defaults: Mapping[str, Any], value_of: Callable[[float], float]
) -> list[TrialRecord]:
    """`value_of` gives a value of the metric for a quality from 0 to 1; half of the trials are stopped."""
    random, trials = np.random.default_rng(0), []
    for number in range(count):
        values = dict(defaults) if number == 0 else {name: drawn(each, random) for name, each in ranges.items()}
        quality = 0.55 if number == 0 else float(random.random()) * (0.6 + 0.4 * number / count)
        if number % 17 == 5:
            trials.append(trial(number, None, values=values))
            continue
        stopped = number > 4 and quality < 0.45
        curve = {epochs: value_of(quality * (1 - 1 / (epochs + 1))) for epochs in (2, 7, 20)[: 2 if stopped else 3]}
        last = max(curve)
        rungs = {epochs: value for epochs, value in curve.items() if epochs < 20}
        trials.append(
            trial(
                number, curve[last], values=values, rungs=rungs, epochs=last, state="stopped" if stopped else "complete"
            )
        )
    return trials


def usual() -> StudyResult:
    return study(drawn_trials(24, RANGES, DEFAULTS, lambda quality: 0.5 + quality / 2))


def lower_is_better() -> StudyResult:
    trials = drawn_trials(30, RANGES, DEFAULTS, lambda quality: 80 - 30 * quality)
    return study(trials, better="lower", metric="rmse", comparisons=comparisons(63.9, 52.75, 4, improvement=11.15))


def default_is_best() -> StudyResult:
    return study([trial(0, 0.95), trial(1, 0.9), trial(2, None)], comparisons=[])


def one_trial() -> StudyResult:
    return study([trial(0, 0.95, rungs={20: 0.95})], importance={}, comparisons=[])


def all_failed() -> StudyResult:
    return study([trial(number, None) for number in range(5)], importance={}, comparisons=[])


def no_trials() -> StudyResult:
    return study([], importance={}, comparisons=[])


def many_trials() -> StudyResult:
    return study(drawn_trials(500, RANGES, DEFAULTS, lambda quality: 0.5 + quality / 2))


def many_parameters() -> StudyResult:
    names = [
        "preprocess.split.validation", "preprocess.window.length", "train.optimizer.learning_rate",
        "train.optimizer.weight_decay", "train.optimizer.momentum", "train.model.inputs.pictures.dropout",
        "train.model.inputs.texts.dropout", "train.model.units", "train.batch", "train.epochs",
        "train.early_stopping.patience", "train.label_smoothing",
    ]  # fmt: skip
    ranges: dict[str, Range] = {name: NumberRange(kind="float", low=0.0, high=0.9) for name in names}
    ranges |= {"train.optimizer.learning_rate": RATE, "train.model.units": UNITS}
    ranges |= {"train.batch": NumberRange(kind="int", low=8, high=512, log=True)}
    ranges |= {"train.epochs": NumberRange(kind="int", low=10, high=1000)}
    defaults = dict.fromkeys(names, 0.1) | {
        "train.optimizer.learning_rate": 0.001, "train.model.units": "[64, 32]", "train.batch": 32, "train.epochs": 20,
    }  # fmt: skip
    importance = {name: 1 / (number + 2) for number, name in enumerate(names)}
    trials = drawn_trials(40, ranges, defaults, lambda quality: 0.5 + quality / 2)
    return study(trials, ranges=ranges, importance=importance)


def long_choices() -> StudyResult:
    lists = [f"[{', '.join(str(2**power) for power in range(12, stop, -1))}]" for stop in (9, 6, 3, 0)]
    steps = "[{step: log}, {step: relative_to_last}, {step: standard, center: false}]"
    ranges: dict[str, Range] = {
        "train.model.units": Choices(values=lists),
        "preprocess.steps": Choices(values=[steps, "[{step: standard}]"]),
        "train.optimizer.learning_rate": RATE,
    }
    defaults = {"train.model.units": lists[-1], "preprocess.steps": steps, "train.optimizer.learning_rate": 0.5}
    importance = dict.fromkeys(ranges, 1 / 3)
    return study(drawn_trials(20, ranges, defaults, lambda q: q), ranges=ranges, importance=importance)


def extreme_values() -> StudyResult:
    ranges: dict[str, Range] = {
        "train.optimizer.learning_rate": NumberRange(kind="float", low=1e-7, high=1.0, log=True),
        "train.model.regularizer.l2": NumberRange(kind="float", low=0.0, high=1e-7),
        "preprocess.words.vocabulary_size": NumberRange(kind="int", low=2, high=1_000_000_000),
    }
    defaults = dict(zip(ranges, (0.001, 0.0, 10_000), strict=True))
    trials = drawn_trials(20, ranges, defaults, lambda quality: 10 ** (9 - 16 * quality))
    far = comparisons(1e9, 1.2e-7, 5e8, improvement=1e9)
    return study(trials, ranges=ranges, importance={}, better="lower", metric="val_loss", comparisons=far)


def one_bad_value() -> StudyResult:
    trials = drawn_trials(20, RANGES, DEFAULTS, lambda quality: quality)
    return study([*trials, trial(20, -1e6)], metric="price.r2", comparisons=comparisons(0.3, 0.6))


def names_with_html() -> StudyResult:
    name, value = "train.class_weight.<b>not & bold</b>", "<script>alert(1)</script>"
    ranges: dict[str, Range] = {name: Choices(values=[value, "balanced", '"quoted"'])}
    trials = drawn_trials(12, ranges, {name: value}, lambda quality: quality)
    failed = trial(12, None, values={name: value}, error="layer <dense> & 'x' has no \"units\"")
    return study([*trials, failed], ranges=ranges, importance={name: 1.0}, metric="<i>kind</i>.accuracy")


def changed_ranges() -> StudyResult:
    """The default is outside the range, and a value is in no trial but the first."""
    first = trial(0, 0.8, values={"train.batch": 1, "train.model.units": "[8]", "train.seed": 3})
    rest = [trial(n, 0.8 + n / 100, values={"train.batch": 8 * n, "train.model.units": "[64, 32]"}) for n in (1, 2, 3)]
    ranges: dict[str, Range] = {"train.batch": RANGES["train.batch"], "train.model.units": UNITS}
    no_interval = [each.model_copy(update={"interval": None}) for each in comparisons(0.8, 0.83)]
    return study([first, *rest], ranges=ranges, importance={}, comparisons=no_interval)


STUDIES: dict[str, Callable[[], StudyResult]] = {
    each.__name__: each
    for each in (
        usual, lower_is_better, default_is_best, one_trial, all_failed, no_trials, many_trials, many_parameters,
        long_choices, extreme_values, one_bad_value, names_with_html, changed_ranges,
    )
}  # fmt: skip
