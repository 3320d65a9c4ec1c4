"""The text that `restage check` prints."""

from collections.abc import Iterator

from stages.cli.check.check_report import CheckReport, DatasetCheck, GateResult
from stages.cli.compare.describe_changes import describe_revision, describe_stale_stages
from stages.core.errors import format_examples
from stages.report.rendering.format_text import count


def report_text(report: CheckReport) -> str:
    """A line for each dataset with a gate, and one for each gate that failed or that a person should know of."""
    lines = [line for dataset in report.datasets for line in _dataset_lines(dataset)]
    if report.base is not None and report.base_stale:
        lines.append(
            f"WARNING: the results of {describe_revision(report.base)} are not those of its parameters, code and data, "
            f"and no_worse_than_base compares with them: {describe_stale_stages(report.base_stale)}"
        )
    if report.without_gates:
        lines.append(f"no gate: {format_examples(report.without_gates)}")
    return "".join(f"{line}\n" for line in lines)


def _dataset_lines(dataset: DatasetCheck) -> Iterator[str]:
    if dataset.stale:
        yield f"{dataset.key}: failed: {dataset.stale}"
        return
    failed = sum(not gate.passed for gate in dataset.gates)
    yield f"{dataset.key}: " + (
        f"{failed} of {count(len(dataset.gates), 'gate')} failed"
        if failed
        else f"{count(len(dataset.gates), 'gate')} passed"
    )
    yield from (f"    {_gate_line(gate)}" for gate in dataset.gates if gate.text)


def _gate_line(gate: GateResult) -> str:
    return f"{gate.gate}: {gate.text}"
