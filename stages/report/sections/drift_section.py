"""How far the data are from the accepted profile."""

from collections.abc import Sequence
from dataclasses import dataclass

from stages.core.artefacts.records.validation import ColumnDrift, DriftRecord
from stages.core.errors import format_examples
from stages.report.format_text import DASH, count, format_number, format_percent

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
    command = f"restage accept {key}"
    if not drift.accepted:
        return DriftSection("No profile was accepted yet, so drift cannot be detected.", command, [], "")
    shown = drifted_first(drift.columns)
    hidden = len(drift.columns) - len(shown)
    more = f"{count(hidden, 'other column is', 'other columns are')} within the limits." if hidden else ""
    return DriftSection(drift_summary(drift), command if drift.drifted else "", [drift_row(c) for c in shown], more)


def drifted_first(columns: Sequence[ColumnDrift]) -> list[ColumnDrift]:
    """All drifted columns, then others until the table is full."""
    drifted = [column for column in columns if column.exceeded]
    others = [column for column in columns if not column.exceeded]
    return drifted + others[: max(0, MAX_ROWS - len(drifted))]


def drift_summary(drift: DriftRecord) -> str:
    columns, rows = count(len(drift.columns), "column"), count(drift.rows or 0, "row")
    drifted = f"{drift.drifted} of {columns} drifted" if drift.drifted else f"no drift in {columns}"
    same = "as before" if drift.rows == drift.accepted_rows else f"{drift.accepted_rows:,} were accepted"
    return f"Compared with the accepted profile: {drifted}; {rows}, {same}."


def drift_row(column: ColumnDrift) -> DriftRow:
    accepted, now = _range_texts(column)
    return DriftRow(
        column=column.column,
        psi=_format_statistic(column.psi),
        ks=_format_statistic(column.ks),
        accepted=accepted,
        now=now,
        outside=format_percent(column.outside),
        exceeded=", ".join(_describe_limit(name, column) for name in column.exceeded),
    )


def _format_statistic(value: float | None) -> str:
    return DASH if value is None else f"{value:.3f}"


def _range_texts(column: ColumnDrift) -> tuple[str, str]:
    """The accepted and the present range, or number of classes."""
    if column.range is not None:
        accepted, now = (f"{_format_end(low)} to {_format_end(high)}" for low, high in column.range)
    elif column.distinct is not None:
        accepted, now = (count(classes, "class", "classes") for classes in column.distinct)
    else:
        accepted = now = DASH
    return accepted, now


def _format_end(value: float | str) -> str:
    return value if isinstance(value, str) else format_number(value)


def _describe_limit(name: str, column: ColumnDrift) -> str:
    match name:
        case "gone":
            return "the column was removed"
        case "new":
            return "the column was added"
        case "kind":
            return f"now a {column.kind} column"
        case "classes":
            changes = {"removed": column.gone, "added": column.new}
            return "; ".join(f"{change}: {format_examples(names)}" for change, names in changes.items() if names)
        case "missing" if column.missing is not None:
            accepted, now = column.missing
            return f"missing {format_percent(now)}, accepted {format_percent(accepted)}"
        case _:
            return LIMITS.get(name, name)
