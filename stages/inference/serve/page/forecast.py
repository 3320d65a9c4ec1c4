"""A forecast as HTML: a chart and a table for each column."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from stages.inference.predictor import TargetPrediction
from stages.inference.raw_rows import RawRows
from stages.inference.serve.page.chart import forecast_chart
from stages.inference.serve.page.format_values import format_column

# The chart shows as many known values as fit beside the forecast.
MAX_KNOWN = 200


def forecast_html(
    name: str, target: TargetPrediction, steps: Sequence[int], labels: Sequence[str], received: RawRows
) -> str:
    """`target` has a row for each of the steps, whose times are `labels`."""
    columns = target.spec.columns
    parts = [f"<h2>{escape(name)}</h2>"]
    for number, column in enumerate(columns):
        if len(columns) > 1:
            parts.append(f"<h3>{escape(column)}</h3>")
        parts.append(_column(target, number, steps, labels, known_values(received, column)))
    return "".join(parts)


def _column(
    target: TargetPrediction, number: int, steps: Sequence[int], labels: Sequence[str], known: Sequence[float]
) -> str:
    values = {"forecast": target.predicted[:, number].tolist()}
    bounds = None
    if target.lower is not None and target.upper is not None:
        bounds = target.lower[:, number].tolist(), target.upper[:, number].tolist()
        values |= {"from": bounds[0], "to": bounds[1]}
    chart = forecast_chart(known[-MAX_KNOWN:], values["forecast"], steps, bounds, (labels[0], labels[-1]))
    return chart + values_table("time", labels, values)


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
