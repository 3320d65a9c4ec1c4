"""The gates `at_least` and `at_most`."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from stages.cli.check.check_report import GateResult
from stages.config.gates.gate_params import Gate


class MeasuredMetrics(NamedTuple):
    """`missing` says, by metric, why it has no value; "" is the reason for all others."""

    values: Mapping[str, float]
    missing: Mapping[str, str]

    def why_missing(self, metric: str) -> str:
        return self.missing.get(metric) or self.missing.get("") or "it was not measured"


def check_bounds(gate: Gate, metrics: MeasuredMetrics, page: str) -> Iterator[GateResult]:
    """`page` is where a person looks for the reason of a bad value."""
    for kind, bounds in (("at_least", gate.at_least), ("at_most", gate.at_most)):
        for metric, bound in bounds.items():
            name, value = f"{kind}.{metric}", metrics.values.get(metric)
            if value is None:
                text = f"{metric} has no value: {metrics.why_missing(metric)}"
                yield GateResult(gate=name, required=bound, passed=False, text=text)
                continue
            passed = value >= bound if kind == "at_least" else value <= bound
            side = "below" if kind == "at_least" else "above"
            text = "" if passed else f"{format_exact(value)} is {side} {format_exact(bound)}; see {page}"
            yield GateResult(gate=name, required=bound, passed=passed, value=value, text=text)


def format_exact(value: float) -> str:
    """
    >>> format_exact(90.0), format_exact(0.1 + 0.2), format_exact(0.8999999)
    ('90', '0.3', '0.8999999')
    """
    return f"{value:.12g}"
