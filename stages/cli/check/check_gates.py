"""The gates of one dataset."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from stages.cli.check.base_bounds import BaseMetrics, check_against_base
from stages.cli.check.check_report import DatasetCheck, GateResult
from stages.cli.check.data_gates import check_drift, check_leakage
from stages.cli.check.metric_bounds import MeasuredMetrics, check_bounds
from stages.cli.compare.evidence.predicted_rows import read_output_record
from stages.cli.compare.facts.tracked_metrics import read_metrics
from stages.cli.revisions.snapshot import Snapshot, UnavailableOutputError
from stages.config.gates.gate_params import Gate
from stages.core import paths
from stages.core.artefacts.processed import FITTED_FILE, Fitted
from stages.core.artefacts.records.evaluation import EvaluationRecord, metric_name
from stages.core.artefacts.records.validation import ValidationRecord


class GatedDataset(NamedTuple):
    """A dataset of the snapshot with a gate; `stale` says why its results are not to be judged."""

    key: str
    gate: Gate
    stale: str = ""


def check_dataset(dataset: GatedDataset, head: Snapshot, base: BaseMetrics | None) -> DatasetCheck:
    """`base` is None if the gate does not compare."""
    if dataset.stale:
        return DatasetCheck(key=dataset.key, passed=False, stale=dataset.stale)
    gates = [*_check_gates(dataset.key, dataset.gate, head, base)]
    return DatasetCheck(key=dataset.key, passed=all(gate.passed for gate in gates), gates=gates)


def _check_gates(key: str, gate: Gate, head: Snapshot, base: BaseMetrics | None) -> Iterator[GateResult]:
    metrics = read_measured(key, head)
    page = str(paths.dataset_page(key))
    yield from check_bounds(gate, metrics, page)
    if base is not None:
        yield from check_against_base(gate.no_worse_than_base, metrics, base)
    if gate.no_drift:
        yield _if_available("no_drift", True, lambda: check_drift(key, _validation(key, head)))
    if gate.no_leakage:
        yield _if_available("no_leakage", True, lambda: check_leakage(_validation(key, head), _fitted(key, head), page))
    if (largest := gate.max_model_bytes) is not None:
        yield _if_available("max_model_bytes", largest, lambda: check_model_size(largest, _model_bytes(key, head)))


def _if_available(gate: str, required: int | bool, check: Callable[[], GateResult]) -> GateResult:
    """The result of the check; a gate fails if the files that it needs are not there."""
    try:
        return check()
    except LookupError as error:
        return GateResult(gate=gate, required=required, passed=False, text=str(error.args[0]))


def check_model_size(largest: int, size: int) -> GateResult:
    text = "" if size <= largest else f"the model has {size:,} bytes, more than {largest:,}; use fewer parameters"
    return GateResult(gate="max_model_bytes", required=largest, passed=not text, value=size, text=text)


def read_measured(key: str, head: Snapshot) -> MeasuredMetrics:
    """Evaluate's record says why a metric is not defined, if it is there."""
    try:
        values = read_metrics(head, key)
    except LookupError as error:
        return MeasuredMetrics({}, {"": str(error.args[0])})
    try:
        record = read_output_record(EvaluationRecord, head, paths.evaluation(key))
    except LookupError:
        return MeasuredMetrics(values, {})
    count = len(record.metrics)
    reasons = {metric_name(t, m, count): reason for t, found in record.undefined.items() for m, reason in found.items()}
    return MeasuredMetrics(values, reasons)


def _validation(key: str, head: Snapshot) -> ValidationRecord:
    with _suggesting_run(key):
        return read_output_record(ValidationRecord, head, paths.validation_result(key))


def _fitted(key: str, head: Snapshot) -> Fitted:
    with _suggesting_run(key):
        return read_output_record(Fitted, head, paths.processed_data(key) / FITTED_FILE)


def _model_bytes(key: str, head: Snapshot) -> int:
    try:
        return head.size(paths.model(key) / "model.keras")
    except UnavailableOutputError as error:
        # Records were looked for on the remote; the model was not, since its size alone is needed.
        command = f"dvc pull train@{key}" if head.objects.remote_name else f"restage run {key}"
        raise LookupError(f"{error}; run `{command}`") from None


@contextmanager
def _suggesting_run(key: str) -> Iterator[None]:
    """Add the command that makes a record again to the reason why it is not available."""
    try:
        yield
    except UnavailableOutputError as error:
        raise LookupError(f"{error}; run `restage run {key}`") from None
