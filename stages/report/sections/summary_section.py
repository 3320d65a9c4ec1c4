"""The one figure a dataset is judged by, beside what one gets without a model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION
from stages.report.format_text import words
from stages.report.metric_descriptions import Measure, at, baseline_words, figures, measure, samples_words, titled

SEEN = {
    TRAIN: "which it was trained on",
    VALIDATION: "which it did not learn from, though they told when it was best",
    TEST: "which it never saw while learning",
}


@dataclass(frozen=True)
class Bar:
    name: str
    text: str
    width: str
    model: bool


@dataclass(frozen=True)
class Headline:
    label: str
    meaning: str
    value: str
    baseline: str
    baseline_value: str
    than: str
    gain: str
    better: bool
    worse: bool
    removed: float | None
    samples: str
    sentence: str
    steadiness: str
    reach: str
    bars: tuple[Bar, ...]
    bars_note: str


@dataclass(frozen=True)
class MetricRow:
    label: str
    model: str
    baselines: list[str]


@dataclass(frozen=True)
class MetricTable:
    """Every metric beside every baseline."""

    baselines: list[str]
    rows: list[MetricRow]


def headline(metrics: Mapping[str, Any]) -> Headline:
    name, baseline = metrics["headline"]["metric"], metrics["headline"]["baseline"]
    value, kind, gain = dict(figures(metrics))[name], measure(name), metrics["gain"]
    against = dict(figures(metrics["baseline"][baseline]))[name]
    return Headline(
        label=titled(name),
        meaning=kind.meaning,
        value=kind.text(value),
        baseline=words(baseline),
        baseline_value=kind.text(against),
        than=f"{baseline_words(baseline)} ({kind.text(against)})",
        gain=gain_words(kind, gain),
        better=gain > 0,
        worse=gain < 0,
        removed=error_removed(kind, against, gain),
        samples=samples_words(metrics["samples"], metrics["split"]),
        sentence=_sentence(metrics, kind, value),
        steadiness=_steadiness(metrics, kind),
        reach=kind.text(metrics["reach"]) if "reach" in metrics else "",
        bars=_bars(metrics, name, kind),
        bars_note="Longer is better." if metrics["headline"]["better"] == "higher" else "Shorter is better.",
    )


def gain_words(kind: Measure, gain: float) -> str:
    """
    >>> gain_words(measure("accuracy"), 0.637), gain_words(measure("rmse"), -2.0)
    ('63.7 points better', '2 worse')
    """
    if gain == 0:
        return "no better and no worse"
    return f"{kind.difference(abs(gain)).removeprefix('+')} {'better' if gain > 0 else 'worse'}"


def error_removed(kind: Measure, baseline: float, gain: float) -> float | None:
    """How much of what the baseline gets wrong the model gets right; one scale for every metric.

    >>> error_removed(measure("accuracy"), 0.5, 0.25), error_removed(measure("rmse"), 10.0, -2.0)
    (0.5, -0.2)
    """
    if kind.perfect is None:
        return None
    error = abs(kind.perfect - baseline)
    return gain / error if error > 1e-9 else None


def metric_table(metrics: Mapping[str, Any]) -> MetricTable:
    rows = [_metric_row(metrics, name, value) for name, value in figures(metrics)]
    return MetricTable([words(b) for b in sorted(metrics["baseline"])], rows)


def _metric_row(metrics: Mapping[str, Any], name: str, value: float) -> MetricRow:
    kind = measure(name)
    others = [kind.text(at(metrics["baseline"][b], name)) for b in sorted(metrics["baseline"])]
    return MetricRow(titled(name), kind.text(value), others)


def _sentence(metrics: Mapping[str, Any], kind: Measure, value: float) -> str:
    samples = samples_words(metrics["samples"], metrics["split"])
    seen = SEEN[metrics["split"]]
    if kind.label == "Accuracy":
        return f"Of {samples}, {seen}, it gets {round(value * metrics['samples']):,} right."
    return f"Measured on {samples}, {seen}."


def _steadiness(metrics: Mapping[str, Any], kind: Measure) -> str:
    """What the other seeds say, where there are some."""
    if "seeds" not in metrics:
        return ""
    seeds = metrics["seeds"]
    mean, worst, spread = kind.text(seeds["mean"]), kind.text(seeds["worst"]), kind.difference(seeds["spread"])
    return f"Over {seeds['count']} seeds: {mean} on average, {worst} at worst, spread {spread.removeprefix('+')}."


def _bars(metrics: Mapping[str, Any], name: str, kind: Measure) -> tuple[Bar, ...]:
    found = [("this model", at(metrics, name), True)]
    found += [(words(b), at(metrics["baseline"][b], name), False) for b in sorted(metrics["baseline"])]
    known = [(who, value, model) for who, value, model in found if value is not None]
    full = 1.0 if kind.share else max(max(value for _, value, _ in known), 1e-300)
    return tuple(Bar(who, kind.text(v), f"{max(0.0, min(1.0, v / full)) * 100:.1f}%", model) for who, v, model in known)
