"""How far the data have moved away from what was accepted: a sentence, and a line for each column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stages.core.errors import format_examples
from stages.report.format_text import NOTHING, count, number, percent

MOST = 12
_LIMITS = {"psi": "PSI", "ks": "KS", "outside": "values out of range"}


@dataclass(frozen=True)
class Line:
    """`said` is what makes it another column than the accepted one; nothing when it is the same."""

    column: str
    psi: str
    ks: str
    then: str
    now: str
    outside: str
    said: str


@dataclass(frozen=True)
class Drift:
    """`command` is what a person runs to accept the data as they are, where there is reason to."""

    summary: str
    command: str
    lines: list[Line]
    more: str


def drift(key: str, found: Mapping[str, Any]) -> Drift:
    command = f"restage accept {key}"
    if not found["accepted"]:
        return Drift("No profile of these data was accepted yet, so nothing tells when they change.", command, [], "")
    shown = drifted_first(found["columns"])
    left = len(found["columns"]) - len(shown)
    more = f"{count(left, 'other column')} within the limits." if left else ""
    return Drift(summary(found), command if found["drifted"] else "", [line(column) for column in shown], more)


def drifted_first(columns: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """All that have drifted; of the others so many that the table stays short, and as they were."""
    drifted = [column for column in columns if column["exceeded"]]
    others = [column for column in columns if not column["exceeded"]]
    return drifted + others[: max(0, MOST - len(drifted))]


def summary(found: Mapping[str, Any]) -> str:
    """
    >>> summary({"drifted": 0, "columns": [{}, {}], "rows": [150, 150]})
    'Against the accepted profile: nothing has drifted in 2 columns; 150 rows as before.'
    """
    then, now = found["rows"]
    of = count(len(found["columns"]), "column")
    rows = f"{count(now, 'row')} as before" if then == now else f"{count(now, 'row')}, {then:,} were accepted"
    moved = f"{found['drifted']} of {of} drifted" if found["drifted"] else f"nothing has drifted in {of}"
    return f"Against the accepted profile: {moved}; {rows}."


def line(column: Mapping[str, Any]) -> Line:
    then, now = _ranges(column)
    return Line(
        column=column["column"],
        psi=_figure(column.get("psi")),
        ks=_figure(column.get("ks")),
        then=then,
        now=now,
        outside=percent(column["outside"]) if "outside" in column else NOTHING,
        said=", ".join(_said(name, column) for name in column["exceeded"]),
    )


def _figure(value: float | None) -> str:
    """
    >>> _figure(0.25)
    '0.250'
    """
    return NOTHING if value is None else f"{value:.3f}"


def _ranges(column: Mapping[str, Any]) -> tuple[str, str]:
    """
    >>> _ranges({"range": [[1.0, 2.5], ["2020-01-01", "2020-01-31"]]}), _ranges({"distinct": [3, 1]})
    (('1 to 2.5', '2020-01-01 to 2020-01-31'), ('3 classes', '1 class'))
    """
    if "range" in column:
        then, now = (f"{_end(low)} to {_end(high)}" for low, high in column["range"])
    elif "distinct" in column:
        then, now = (count(many, "class", "classes") for many in column["distinct"])
    else:
        then = now = NOTHING
    return then, now


def _end(value: float | str) -> str:
    return value if isinstance(value, str) else number(value)


def _said(name: str, column: Mapping[str, Any]) -> str:
    match name:
        case "gone" | "new":
            return f"{name}, the whole column"
        case "kind":
            return f"now a {column['kind']} column"
        case "classes":
            return "; ".join(f"{part}: {format_examples(column[part])}" for part in ("gone", "new") if part in column)
        case "missing":
            return f"missing {percent(column['missing'][1])}, was {percent(column['missing'][0])}"
        case _:
            return _LIMITS[name]
