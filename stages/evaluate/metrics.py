"""From predictions to the metrics that are tracked and the details that a page shows."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import ProcessedData, TargetSpec
from stages.core.errors import UserError, format_examples, suggest
from stages.core.runtime.atomic_write import round_significant
from stages.evaluate.baselines import baseline
from stages.evaluate.metric_functions import RISING, Scores, class_figures, class_scores, confusion, gain, value_scores
from stages.evaluate.params import Evaluate

Array = NDArray[Any]
ByTarget = dict[str, Scores]


def scores(target: TargetSpec, truth: Array, predicted: Array) -> Scores:
    if target.classes is not None:
        return class_scores(truth, predicted, target.width)
    return value_scores(truth, predicted)


def metrics(
    params: Evaluate,
    processed: ProcessedData,
    found: ByTarget,
    training: Mapping[str, Any],
    other_seeds: Sequence[ByTarget] = (),
) -> dict[str, Any]:
    """What git tracks: the model's figures, the baselines', what lies between them, and how steady it all is."""
    compared = _baselines(params, processed)
    target, metric = headline_of(params, found)
    first = next(name for name in params.baselines if target in compared.get(name, {}))
    several = len(found) > 1
    own = {
        "headline": {
            "metric": params.headline,
            "better": "higher" if metric in RISING else "lower",
            "baseline": first,
        },
        "baseline": {name: _plain(by_target, several) for name, by_target in compared.items()},
        "gain": round_significant(gain(metric, found[target][metric], compared[first][target][metric])),
        "split": params.split,
        "samples": processed.sample_count(params.split),
        **training,
    }
    values = [figures[target][metric] for figures in (found, *other_seeds)]
    own |= _aim(params) | _stability(metric, values)
    if several and (taken := sorted(found.keys() & own.keys())):
        raise UserError(
            f"preprocess.targets: {format_examples(taken)} also names an entry of the metrics; use another name"
        )
    return _plain(found, several) | own


def _aim(params: Evaluate) -> dict[str, Any]:
    return {} if params.reach is None else {"reach": params.reach}


def _stability(metric: str, values: Sequence[float]) -> dict[str, Any]:
    """The headline over all seeds; the spread is the standard deviation of a sample.

    >>> _stability("accuracy", [0.5, 1.0])
    {'seeds': {'count': 2, 'mean': 0.75, 'spread': 0.353553, 'worst': 0.5}}
    """
    if len(values) == 1:
        return {}
    worst = min(values) if metric in RISING else max(values)
    figures = {"mean": float(np.mean(values)), "spread": float(np.std(values, ddof=1)), "worst": worst}
    return {"seeds": {"count": len(values)} | {name: round_significant(v) for name, v in figures.items()}}


def headline_of(params: Evaluate, found: ByTarget) -> tuple[str, str]:
    """The target and the metric that the headline names; a baseline has no loss to compare with."""
    measured = [(t, m) for t, figures in found.items() for m in figures if m != "loss"]
    paths = {m if len(found) == 1 else f"{t}.{m}": (t, m) for t, m in measured}
    if params.headline not in paths:
        raise UserError(f"evaluate.headline: {params.headline!r} is not measured; {suggest(params.headline, [*paths])}")
    return paths[params.headline]


def _baselines(params: Evaluate, processed: ProcessedData) -> dict[str, ByTarget]:
    compared: dict[str, ByTarget] = {}
    truth = processed.truth(params.split)
    for name in params.baselines:
        for target, spec in processed.fitted.targets.items():
            predicted = baseline(name, target, processed, params.split, params.seed)
            if predicted is not None:
                compared.setdefault(name, {})[target] = scores(spec, truth[target], predicted)
    return compared


def _plain(found: ByTarget, several: bool) -> dict[str, Any]:
    """One target's figures stand for themselves; several are told apart by name."""
    rounded = {t: {m: round_significant(v) for m, v in figures.items()} for t, figures in found.items()}
    return dict(rounded) if several else next(iter(rounded.values()))


def details(processed: ProcessedData, truth: Mapping[str, Array], predicted: Mapping[str, Array]) -> dict[str, Any]:
    """Confusion and per-class figures, too long for a table of metrics."""
    return {n: _detail(t, truth[n], predicted[n]) for n, t in processed.fitted.targets.items()}


def _detail(target: TargetSpec, truth: Array, predicted: Array) -> dict[str, Any]:
    if target.classes is None:
        return {"kind": "values", "columns": target.columns}
    table = confusion(truth, predicted, target.width)
    figures = [
        {"class": name} | {k: round_significant(v) if k != "support" else v for k, v in row.items()}
        for name, row in zip(target.classes, class_figures(table), strict=True)
    ]
    return {"kind": "classes", "classes": target.classes, "confusion": table.tolist(), "per_class": figures}


def training_figures(record: Mapping[str, Any], history: Mapping[str, Array]) -> dict[str, Any]:
    """Best epoch, and how far validation is from training there."""
    row = int(record["best_epoch"]) - 1
    gap = {
        name: round_significant(float(history[f"val_{name}"][row] - history[name][row]))
        for name in history
        if f"val_{name}" in history
    }
    return {"best_epoch": record["best_epoch"], "epochs": record["epochs"]} | ({"gap": gap} if gap else {})


def prediction_rows(
    processed: ProcessedData, split: str, truth: Mapping[str, Array], given: Mapping[str, Array]
) -> list[list[object]]:
    """A header and a line a sample: which raw row, what is true, what was predicted."""
    columns: dict[str, list[object]] = {"row": list(map(int, processed.raw_row_numbers(split)))}
    for name, target in processed.fitted.targets.items():
        columns |= _columns(name, target, truth[name], given[name])
    return [list(columns), *(list(row) for row in zip(*columns.values(), strict=True))]


def _columns(name: str, target: TargetSpec, truth: Array, given: Array) -> dict[str, list[object]]:
    if target.classes is None:
        return {
            f"{column}_{part}": [round_significant(float(v), 9) for v in values[:, place]]
            for place, column in enumerate(target.columns)
            for part, values in (("truth", truth), ("predicted", given))
        }
    names, numbers = target.classes, np.argmax(given, axis=1)
    return {
        f"{name}_truth": [names[int(n)] for n in truth],
        f"{name}_predicted": [names[int(n)] for n in numbers],
        f"{name}_probability": [round_significant(float(p)) for p in np.max(given, axis=1)],
    }
