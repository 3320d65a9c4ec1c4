"""Gates that no result can be judged by: metrics that are not measured, and bounds outside the range of a metric."""

from collections.abc import Iterator, Mapping
from math import inf, isinf

from stages.config.gates.gate_params import NOISE, Gate
from stages.config.gates.measured_metrics import WITHOUT_ROWS, MetricKind, measured_metrics, reason_not_measured
from stages.config.schema import Dataset, Suite
from stages.core.errors import format_examples, suggest
from stages.core.parameters.validation_errors import Keys, ParameterError


def gate_errors(suite: Suite) -> list[ParameterError]:
    """One error for each bound that is wrong, with the key that has it."""
    return [
        ParameterError(("datasets", key, "evaluate", "gate", *keys), text)
        for key, dataset in suite.datasets.items()
        if (gate := dataset.evaluate.gate) is not None
        for keys, text in (*errors_of_gate(gate, measured_metrics(dataset)), *_errors_of_evidence(gate, dataset))
    ]


def errors_of_gate(gate: Gate, metrics: Mapping[str, MetricKind]) -> Iterator[tuple[Keys, str]]:
    for name, bounds in (("at_least", gate.at_least), ("at_most", gate.at_most)):
        for metric, bound in bounds.items():
            if error := _metric_error(metric, metrics) or _range_error(bound, metrics[metric]):
                yield (name, metric), error
    for metric, tolerance in gate.no_worse_than_base.items():
        if error := _metric_error(metric, metrics) or _tolerance_error(tolerance, metrics[metric]):
            yield ("no_worse_than_base", metric), error
    for metric, highest in gate.at_most.items():
        lowest = gate.at_least.get(metric)
        if lowest is not None and lowest > highest:
            text = f"{highest:g} is below at_least, {lowest:g}; no value passes both"
            yield ("at_most", metric), text


def _errors_of_evidence(gate: Gate, dataset: Dataset) -> Iterator[tuple[Keys, str]]:
    """Gates that need what the results of this dataset do not have."""
    for metric, tolerance in gate.no_worse_than_base.items():
        reason = None
        if metric.rpartition(".")[2] in WITHOUT_ROWS:
            reason = "it is not recorded by row"
        elif dataset.train.seeds > 1 and metric != dataset.evaluate.headline:
            reason = "with several train.seeds, the spread is recorded for evaluate.headline alone"
        if tolerance == NOISE and reason:
            yield ("no_worse_than_base", metric), f"{reason}, so that the noise is not known; give a number"
    if gate.no_leakage and dataset.validate_.near_duplicates.across_splits == "off":
        yield ("no_leakage",), "validate.near_duplicates.across_splits is off; use report or fail"


def _metric_error(metric: str, metrics: Mapping[str, MetricKind]) -> str | None:
    if metric in metrics:
        return None
    bare = metric.rpartition(".")[2]
    same_metric = [name for name in metrics if name.rpartition(".")[2] == bare]
    if not same_metric and (reason := reason_not_measured(bare)):
        return f"{metric} is not measured: {reason}"
    solution = (
        f"allowed: {format_examples(same_metric)}"
        if len(same_metric) > 1
        else suggest(metric, same_metric or [*metrics])
    )
    return f"no metric {metric!r}; {solution}"


def _range_error(bound: float, kind: MetricKind) -> str | None:
    if kind.lowest <= bound <= kind.highest:
        return None
    return f"its values are {_range(kind)}; received {bound:g}{_as_share(bound, kind)}"


def _tolerance_error(tolerance: float | str, kind: MetricKind) -> str | None:
    if kind.better is None:
        return "neither higher nor lower is better for this metric; use at_least and at_most"
    if isinstance(tolerance, str) or tolerance < kind.highest - kind.lowest:
        return None
    percent = _as_share(tolerance, kind)
    return f"its values are {_range(kind)}, and never worse by more than that; received {tolerance:g}{percent}"


def _range(kind: MetricKind) -> str:
    if isinf(kind.highest):
        return f"at least {kind.lowest}"
    return f"at most {kind.highest}" if kind.lowest == -inf else f"from {kind.lowest} to {kind.highest}"


def _as_share(value: float, kind: MetricKind) -> str:
    """A share that was meant in percent."""
    is_percent = (kind.lowest, kind.highest) == (0, 1) and 1 <= value <= 100
    return f"; {value:g} percent is {value / 100:g}" if is_percent else ""
