"""The answer of the model as HTML."""

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from stages.inference.forecast_rows import STEP
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.predictor import Predictions, TargetPrediction
from stages.inference.read.row_block import RowBlock
from stages.inference.serve.page.forecast import forecast_html, values_table
from stages.inference.serve.page.format_values import format_number, format_percent
from stages.inference.serve.requests.request_errors import RequestError

MAX_BARS = 8


def answer_html(predictions: Predictions, block: RowBlock, received: RawRows, is_forecast: bool) -> str:
    """The prediction of one row, or a forecast with a row for each step ahead. `received` are the rows of the user."""
    if not is_forecast:
        return "\n".join(_target(name, target) for name, target in predictions.items())
    steps = block.carried[STEP]
    time = next((name for name in block.carried if name != STEP), None)
    labels = [f"{step} ahead" for step in steps] if time is None else [str(text) for text in block.carried[time]]
    return "\n".join(
        _class_answer(name, target)
        if target.probabilities is not None
        else forecast_html(name, target, steps, labels, received, time)
        for name, target in predictions.items()
    )


def error_html(error: RequestError) -> str:
    items = [escape(message) for message in error.messages] if not error.problems else []
    items += [f"<b>{escape(found.column)}</b>: {escape(found.message)}" for found in error.problems]
    listed = "".join(f"<li>{item}</li>" for item in items)
    return f'<h2>No prediction</h2><ul class="problems">{listed}</ul>'


def _target(name: str, target: TargetPrediction) -> str:
    if target.probabilities is not None:
        return _class_answer(name, target)
    if len(target.spec.columns) == 1:
        return _value_answer(name, target)
    values = target.predicted[-1].tolist()
    return f"<h2>{escape(name)}</h2>" + values_table("", target.spec.columns, {"value": values})


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
