"""The answer of the model to one row, or to the rows of a series, as HTML."""

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from stages.inference.predictor import Predictions, TargetPrediction
from stages.inference.raw_rows import RawRows
from stages.inference.serve.page.chart import forecast_chart
from stages.inference.serve.page.format_values import format_column, format_number, format_percent
from stages.inference.serve.requests.errors import RequestError

MAX_BARS = 8


def answer_html(predictions: Predictions, rows: RawRows) -> str:
    """The prediction of the last row for each target."""
    return "\n".join(_target(name, target, rows) for name, target in predictions.items())


def error_html(error: RequestError) -> str:
    items = [escape(message) for message in error.messages] if not error.problems else []
    items += [f"<b>{escape(found.column)}</b>: {escape(found.message)}" for found in error.problems]
    listed = "".join(f"<li>{item}</li>" for item in items)
    return f'<h2>No prediction</h2><ul class="problems">{listed}</ul>'


def _target(name: str, target: TargetPrediction, rows: RawRows) -> str:
    if target.probabilities is not None:
        return _class_answer(name, target)
    if target.spec.step_count > 1 or len(target.spec.columns) > 1:
        return _values_answer(name, target, rows)
    return _value_answer(name, target)


def _class_answer(name: str, target: TargetPrediction) -> str:
    classes, probabilities = target.spec.classes, target.probabilities
    assert classes is not None
    assert probabilities is not None
    predicted = classes[int(target.predicted[-1])]
    return _headline(name, predicted) + _bars(classes, probabilities[-1], predicted)


def _headline(name: str, value: str, more: str = "") -> str:
    return f'<h2>{escape(name)}</h2><p class="value">{escape(value)}</p>{more}'


def _bars(classes: Sequence[str], probabilities: NDArray[np.float32], predicted: str) -> str:
    order = np.argsort(-probabilities, kind="stable")
    bars = [_bar(classes[n], float(probabilities[n]), classes[n] == predicted) for n in order]
    rest = f"<details><summary>{len(bars) - MAX_BARS} more</summary>{_bar_list(bars[MAX_BARS:])}</details>"
    return _bar_list(bars[:MAX_BARS]) + (rest if len(bars) > MAX_BARS else "")


def _bar_list(bars: Sequence[str]) -> str:
    return f'<div class="bars" role="table" aria-label="Probabilities">{"".join(bars)}</div>'


def _bar(name: str, share: float, predicted: bool) -> str:
    kind = " model" if predicted else ""
    return (
        f'<div role="row"><span role="rowheader" class="name{kind}">{escape(name)}</span>'
        f'<svg class="track" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="bar{kind}" width="{share * 100:.2f}" height="1"/></svg>'
        f'<span role="cell" class="text">{format_percent(share)}</span></div>'
    )


def _value_answer(name: str, target: TargetPrediction) -> str:
    return _headline(name, format_number(float(target.predicted[-1, 0])), _interval(target))


def _interval(target: TargetPrediction) -> str:
    if target.lower is None or target.upper is None:
        return ""
    low, high = float(target.lower[-1, 0]), float(target.upper[-1, 0])
    return f'<p class="between">between {format_number(low)} and {format_number(high)}</p>'


def _values_answer(name: str, target: TargetPrediction, rows: RawRows) -> str:
    """A forecast of several steps, or the values of several columns."""
    columns, steps = target.spec.columns, target.spec.step_count
    shape = (steps, len(columns))
    values = np.asarray(target.predicted[-1], np.float64).reshape(shape)
    bounds = None
    if target.lower is not None and target.upper is not None:
        bounds = target.lower[-1].reshape(shape), target.upper[-1].reshape(shape)
    parts = [f"<h2>{escape(name)}</h2>"]
    labels = [f"step {step}" for step in range(1, steps + 1)]
    for number, column in enumerate(columns):
        if len(columns) > 1:
            parts.append(f"<h3>{escape(column)}</h3>")
        own = None if bounds is None else (bounds[0][:, number].tolist(), bounds[1][:, number].tolist())
        forecast = values[:, number].tolist()
        if steps > 1:
            known = _known_values(rows, column)
            ends = (labels[0], labels[-1])
            parts.append(forecast_chart(known, forecast, range(1, steps + 1), own, ends))
        parts.append(_table(labels, forecast, own))
    return "".join(parts)


def _known_values(rows: RawRows, column: str) -> list[float]:
    values = rows.columns.get(column)
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "fiu":
        return []
    known = values.astype(np.float64)
    return known[np.isfinite(known)].tolist()  # type: ignore[no-any-return]


def _table(
    labels: Sequence[str], values: Sequence[float], bounds: tuple[Sequence[float], Sequence[float]] | None
) -> str:
    head = "<th></th><th>forecast</th>" + ("<th>from</th><th>to</th>" if bounds is not None else "")
    cells = [format_column(column) for column in (values, *(bounds or ()))]
    lines = [
        f'<tr><th scope="row">{escape(label)}</th>{"".join(f"<td>{text}</td>" for text in row)}</tr>'
        for label, row in zip(labels, zip(*cells, strict=True), strict=True)
    ]
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'
