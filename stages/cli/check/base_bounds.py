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
    metrics that differ, by name, and `unknown` says what could not be compared.
    """

    name: str
    values: Mapping[str, float] | None = None
    problem: str = ""
    changes: Mapping[str, MetricChange] | None = None
    unknown: Sequence[str] = ()


def check_against_base(
    tolerances: Mapping[str, Tolerance], metrics: MeasuredMetrics, base: BaseMetrics
) -> Iterator[GateResult]:
    for metric, tolerance in tolerances.items():
        name, value = f"no_worse_than_base.{metric}", metrics.values.get(metric)
        if value is None:
            passed, text = False, f"{metric} has no value: {metrics.why_missing(metric)}"
        elif base.problem:
            passed, text = False, base.problem
        elif base.values is None:
            passed, text = True, f"{base.name} has no such dataset: it is new, nothing to compare"
        elif metric not in base.values:
            passed, text = True, f"{base.name} has no {metric}: it is new, nothing to compare"
        else:
            passed, text = _compare(metric, tolerance, value, base)
        before = (base.values or {}).get(metric)
        yield GateResult(gate=name, required=tolerance, passed=passed, value=value, base=before, text=text)


def _compare(metric: str, tolerance: Tolerance, value: float, base: BaseMetrics) -> tuple[bool, str]:
    """Whether the gate passed, and why not."""
    change = (base.changes or {}).get(metric)
    assert base.values is not None
    before = base.values[metric]
    if change is None:
        return True, ""
    values = f"{format_exact(value)} after {format_exact(before)} in {base.name}"
    if not isinstance(tolerance, str):
        worse = loss(before, value, higher_is_better=change.better == "higher")
        if worse <= Decimal(str(tolerance)):
            return True, ""
        return False, f"{values} is worse by {format_exact(float(worse))}, more than {format_exact(tolerance)}"
    if change.result in ("better", "within noise"):
        return True, ""
    means = next((each.means for each in change.evidence if isinstance(each, SeedsEvidence)), None)
    if means is not None:
        # The values themselves are those of the first seed, and may be equal.
        values = f"{format_exact(means[1])} after {format_exact(means[0])} in {base.name}, over seeds,"
    if change.result == "worse":
        return False, f"{values} is worse by more than noise; `restage compare` has the evidence"
    if change.improvement is not None and change.improvement >= 0:
        return True, ""
    reasons = "; ".join(base.unknown) or "there is nothing to tell it by; give a number in place of noise"
    return False, f"{values} is worse, and it is not known whether by more than noise: {reasons}"


def loss(before: float, value: float, higher_is_better: bool) -> Decimal:
    """How much worse the value is, in the decimals that the metrics are written with.

    >>> loss(0.9, 0.89, True), 0.9 - 0.89
    (Decimal('0.01'), 0.010000000000000009)
    """
    change = Decimal(str(value)) - Decimal(str(before))
    return -change if higher_is_better else change
