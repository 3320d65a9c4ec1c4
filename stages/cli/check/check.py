"""Checks the results of the working tree by the gates of its datasets."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from stages.cli.check.base_bounds import BaseMetrics
from stages.cli.check.check_gates import GatedDataset, check_dataset
from stages.cli.check.check_report import CheckReport
from stages.cli.check.report_text import report_text
from stages.cli.check.stale_results import WITHOUT_GATES, describe_stale, stale_stages
from stages.cli.compare.compare_revisions import compare_revisions, revision_name
from stages.cli.compare.comparison import Comparison
from stages.cli.compare.describe_changes import describe_revision
from stages.cli.compare.facts.tracked_metrics import read_metrics
from stages.cli.dataset_keys import check_keys
from stages.cli.explain.explain import explain_stages
from stages.cli.revisions.merge_base import merge_base_with_main
from stages.cli.revisions.snapshot import Snapshot, open_snapshot
from stages.cli.run.compose_if_changed import composed_params
from stages.config.gates.gate_params import Gate
from stages.core.artefacts.records.record import record_text
from stages.core.parameters.validation_errors import type_adapter


def check(keys: Sequence[str], base: str | None, as_json: bool) -> None:
    """Prints the report; exits with 1 if a gate failed. `base` is the merge base with the main branch if it is None."""
    report = check_results(keys, base)
    print(record_text(report) if as_json else report_text(report), end="")
    if not report.passed:
        raise SystemExit(1)


def check_results(keys: Sequence[str], base: str | None) -> CheckReport:
    """Raises UserError if conf/ has errors, a dataset is not in the suite, or there is no such revision."""
    datasets = composed_params()["datasets"]
    check_keys(keys, list(datasets))
    chosen = {key: sections for key, sections in datasets.items() if not keys or key in keys}
    gates = {key: gate for key, sections in chosen.items() if (gate := read_gate(sections)) is not None}
    compared = [key for key, gate in gates.items() if gate.no_worse_than_base]
    with open_snapshot(None) as head, _open_base(base, bool(compared)) as base_snapshot:
        gated = add_stale(gates, head)
        metrics: dict[str, BaseMetrics] = {}
        if base_snapshot is not None:
            metrics = base_metrics(base_snapshot, head, [d.key for d in gated if not d.stale and d.key in compared])
        checked = [check_dataset(dataset, head, metrics.get(dataset.key)) for dataset in gated]
        return CheckReport(
            passed=all(dataset.passed for dataset in checked),
            base=None if base_snapshot is None else revision_name(base_snapshot),
            datasets=checked,
            without_gates=[key for key in chosen if key not in gates],
            base_stale={key: [*of_base.stale] for key, of_base in metrics.items() if of_base.stale},
        )


def read_gate(sections: Mapping[str, Mapping[str, object]]) -> Gate | None:
    """None if nothing is required."""
    params = sections["evaluate"].get("gate")
    gate: Gate | None = None if params is None else type_adapter(Gate).validate_python(params)
    return gate if gate is not None and gate.requires_something else None


def add_stale(gates: Mapping[str, Gate], head: Snapshot) -> list[GatedDataset]:
    if not gates:
        return []
    explanation = explain_stages([*gates])
    return [
        GatedDataset(key, gate, describe_stale(head, key, stale_stages(explanation, key)))
        for key, gate in gates.items()
    ]


@contextmanager
def _open_base(base: str | None, needed: bool) -> Iterator[Snapshot | None]:
    """A base that a person names must exist, even if no gate compares."""
    if base is None and not needed:
        yield None
        return
    with open_snapshot(merge_base_with_main() if base is None else base) as snapshot:
        yield snapshot


def base_metrics(base: Snapshot, head: Snapshot, keys: Sequence[str]) -> dict[str, BaseMetrics]:
    """What the base has of each of these datasets."""
    in_both = [key for key in keys if key in base.datasets]
    comparison = compare_revisions(base, head, in_both) if in_both else None
    return {key: _base_of_dataset(base, key, comparison) for key in keys}


def _base_of_dataset(base: Snapshot, key: str, comparison: Comparison | None) -> BaseMetrics:
    name = describe_revision(revision_name(base))
    if key not in base.datasets:
        return BaseMetrics(name)
    try:
        values = read_metrics(base, key)
    except LookupError as error:
        return BaseMetrics(name, {}, f"{error.args[0]}; name a base that has results with --base")
    assert comparison is not None
    compared = next((dataset for dataset in comparison.datasets if dataset.key == key), None)
    changes = {} if compared is None else {change.name: change for change in compared.metrics}
    unknown = [*(compared.unknown if compared else ()), *comparison.unknown]
    stale = [stage for stage in (compared.base_stale if compared else ()) if stage not in WITHOUT_GATES]
    return BaseMetrics(name, values, changes=changes, unknown=unknown, stale=stale)
