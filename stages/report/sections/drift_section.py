"""How far the data are from the accepted profile."""

from dataclasses import dataclass

from stages.core.artefacts.records.validation import ColumnDrift, DriftRecord
from stages.core.errors import format_examples
from stages.report.rendering.format_text import DASH, count, format_number, format_percent

MAX_ROWS = 12
LIMITS = {"psi": "PSI", "ks": "KS", "outside": "values out of range"}


@dataclass(frozen=True)
class DriftRow:
    """One column; `exceeded` says which limits it exceeds, and is empty within the limits."""

    column: str
    psi: str
    ks: str
    accepted: str
    now: str
    outside: str
    exceeded: str


@dataclass(frozen=True)
class DriftSection:
    """`command` accepts the data as they are; it is empty if there is nothing to accept."""

    summary: str
    command: str
    rows: list[DriftRow]
    more: str


def drift_section(key: str, drift: DriftRecord) -> DriftSection:
    """All drifted columns, then others until the table is full."""
    command = f"restage accept {key}"
    if not drift.accepted:
        return DriftSection("No profile was accepted yet, so drift cannot be detected.", command, [], "")
    columns, rows = count(len(drift.columns), "column"), count(drift.rows or 0, "row")
    drifted = f"{drift.drifted} of {columns} drifted" if drift.drifted else f"no drift in {columns}"
    same = "as before" if drift.rows == drift.accepted_rows else f"{drift.accepted_rows:,} were accepted"
    exceeding = sum(bool(column.exceeded) for column in drift.columns)
    shown = sorted(drift.columns, key=lambda column: not column.exceeded)[: max(MAX_ROWS, exceeding)]
    hidden = len(drift.columns) - len(shown)
    return DriftSection(
        summary=f"Compared with the accepted profile: {drifted}; {rows}, {same}.",
        command=command if drift.drifted else "",
        rows=[drift_row(column) for column in shown],
        more=f"{count(hidden, 'other column is', 'other columns are')} within the limits." if hidden else "",
    )


def drift_row(column: ColumnDrift) -> DriftRow:
    accepted = now = DASH
    if column.range is not None:
        ends = [[end if isinstance(end, str) else format_number(end) for end in ends] for ends in column.range]
        accepted, now = (f"{' to '.join(pair)}{' characters' * (column.kind == 'text')}" for pair in ends)
    elif column.distinct is not None:
        accepted, now = (count(classes, "class", "classes") for classes in column.distinct)
    return DriftRow(
        column=column.column,
        psi=DASH if column.psi is None else f"{column.psi:.3f}",
        ks=DASH if column.ks is None else f"{column.ks:.3f}",
        accepted=accepted,
        now=now,
        outside=format_percent(column.outside),
        exceeded=", ".join(_describe_limit(name, column) for name in column.exceeded),
    )


def _describe_limit(name: str, column: ColumnDrift) -> str:
    match name:
        case "removed":
            return "the column was removed"
        case "added":
            return "the column was added"
        case "kind":
            return "now without a value" if column.kind == "empty" else f"now a {column.kind} column"
        case "classes":
            changes = {"removed": column.removed, "added": column.added}
            return "; ".join(f"{change}: {format_examples(names)}" for change, names in changes.items() if names)
        case "missing" if column.missing is not None:
            accepted, now = column.missing
            return f"missing {format_percent(now)}, accepted {format_percent(accepted)}"
        case _:
            return LIMITS.get(name, name)
