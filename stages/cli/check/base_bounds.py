"""The gate `no_worse_than_base`, by what `restage compare` finds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from stages.cli.check.check_report import GateResult
from stages.cli.check.metric_bounds import MeasuredMetrics, format_exact
from stages.cli.compare.comparison import MetricChange, SeedsEvidence
from stages.config.gates.gate_params import Tolerance


@dataclass(frozen=True)
class BaseMetrics:
    """The metrics of a dataset in the base revision, which has this `name`.

    `values` is None if the base has no such dataset. `problem` says why its metrics cannot be read. `changes` are the
    metrics that differ, by name, and `unknown` says what could not be compared. `stale` are the stages of the base
    whose results are not those of its parameters, code and data.
    """

    name: str
    values: Mapping[str, float] | None = None
    problem: str = ""
    changes: Mapping[str, MetricChange] | None = None
    unknown: Sequence[str] = ()
    stale: Sequence[str] = ()


def check_against_base(
    tolerances: Mapping[str, Tolerance], metrics: MeasuredMetrics, base: BaseMetrics
) -> Iterator[GateResult]:
    for metric, tolerance in tolerances.items():
        yield _check_metric(metric, tolerance, metrics, base)


def _check_metric(metric: str, tolerance: Tolerance, metrics: MeasuredMetrics, base: BaseMetrics) -> GateResult:
    value, before = metrics.values.get(metric), (base.values or {}).get(metric)
    change = (base.changes or {}).get(metric)
    passed, text = False, ""
    if value is None:
        text = f"{metric} has no value: {metrics.why_missing(metric)}"
    elif base.problem:
        text = base.problem
    elif before is None:
        missing = "such dataset" if base.values is None else metric
        passed, text = True, f"{base.name} has no {missing}: it is new, nothing to compare"
    elif change is None:
        passed = True
    else:
        before, value = means_over_seeds(change) or (before, value)
        text = _why_failed(tolerance, before, value, change, base)
        passed = not text
    name = f"no_worse_than_base.{metric}"
    return GateResult(gate=name, required=tolerance, passed=passed, value=value, base=before, text=text)


def means_over_seeds(change: MetricChange) -> tuple[float, float] | None:
    """Of base and head, if both have several. The recorded values are those of the first seed, and may be equal."""
    return next((evidence.means for evidence in change.evidence if isinstance(evidence, SeedsEvidence)), None)


def _why_failed(tolerance: Tolerance, before: float, value: float, change: MetricChange, base: BaseMetrics) -> str:
    """Empty if the gate passed."""
    of = ", over seeds," if means_over_seeds(change) else ""
    values = f"{format_exact(value)} after {format_exact(before)} in {base.name}{of}"
    reasons = "; ".join(base.unknown)
    if change.result == "not known":
        return f"{change.not_judged}: {reasons}"
    if not isinstance(tolerance, str):
        worse = loss(before, value, higher_is_better=change.better == "higher")
        if worse <= Decimal(str(tolerance)):
            return ""
        return f"{values} is worse by {format_exact(float(worse))}, more than {format_exact(tolerance)}"
    if change.result == "worse":
        return f"{values} is worse by more than noise; `restage compare` has the evidence"
    if change.result != "differs" or (change.improvement is not None and change.improvement >= 0):
        return ""
    reasons = reasons or "there is nothing to tell it by; give a number in place of noise"
    return f"{values} is worse, and it is not known whether by more than noise: {reasons}"


def loss(before: float, value: float, higher_is_better: bool) -> Decimal:
    """How much worse the value is, in the decimals that the metrics are written with.

    >>> loss(0.9, 0.89, True), 0.9 - 0.89
    (Decimal('0.01'), 0.010000000000000009)
    """
    change = Decimal(str(value)) - Decimal(str(before))
    return -change if higher_is_better else change
