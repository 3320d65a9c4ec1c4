"""A forecast as HTML: a chart and a table for each column."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from stages.inference.new_rows.raw_rows import RawRows, RawValues
from stages.inference.predictor import TargetPrediction
from stages.inference.serve.page.chart import forecast_chart
from stages.inference.serve.page.format_values import format_column

# How many known values the chart shows: at least so many, and so many for each step ahead.
MIN_KNOWN, KNOWN_FOR_STEP = 24, 4


def forecast_html(
    name: str,
    target: TargetPrediction,
    steps: Sequence[int],
    labels: Sequence[str],
    received: RawRows,
    time: str | None,
) -> str:
    """`target` has a row for each of the steps, whose times are `labels`. `time` is the column of times."""
    columns = target.spec.columns
    shown = received[-max(MIN_KNOWN, KNOWN_FOR_STEP * max(steps)) :]
    ends = "" if time is None else first_time(shown.columns[time]), labels[-1]
    parts = [f"<h2>{escape(name)}</h2>"]
    for number, column in enumerate(columns):
        if len(columns) > 1:
            parts.append(f"<h3>{escape(column)}</h3>")
        parts.append(_column(target, number, steps, labels, known_values(shown, column), ends))
    if target.level is not None:
        held = f"{target.level:.0%} of the values"
        parts.append(f'<p class="soft">From and to are the interval that should hold {held}.</p>')
    return "".join(parts)


def _column(
    target: TargetPrediction,
    number: int,
    steps: Sequence[int],
    labels: Sequence[str],
    known: Sequence[float],
    ends: tuple[str, str],
) -> str:
    values = {"forecast": target.predicted[:, number].tolist()}
    bounds = None
    if target.lower is not None and target.upper is not None:
        bounds = target.lower[:, number].tolist(), target.upper[:, number].tolist()
        values |= {"from": bounds[0], "to": bounds[1]}
    chart = forecast_chart(known, values["forecast"], steps, bounds, ends)
    return chart + values_table("time", labels, values)


def first_time(times: RawValues) -> str:
    """
    >>> [first_time(np.array([time], "M8[us]")) for time in ("2024-01-31", "2024-01-31T12:30")]
    ['2024-01-31', '2024-01-31T12:30:00']
    """
    return str(np.asarray(times)[0].astype("M8[s]")).removesuffix("T00:00:00")


def known_values(rows: RawRows, column: str) -> list[float]:
    """Empty if the rows do not have the column as numbers."""
    values = rows.columns.get(column)
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fiu":
        return []
    known: list[float] = values[np.isfinite(values)].tolist()
    return known


def values_table(title: str, labels: Sequence[str], columns: Mapping[str, Sequence[float]]) -> str:
    """A line for each label. `title` is that of the labels."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in (title, *columns))
    cells = zip(*(format_column(values) for values in columns.values()), strict=True)
    lines = [
        f'<tr><th scope="row">{escape(label)}</th>{"".join(f"<td>{text}</td>" for text in row)}</tr>'
        for label, row in zip(labels, cells, strict=True)
    ]
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'
