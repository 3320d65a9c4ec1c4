"""A few predictions as a small table, for a person to read."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.cli.datasets.list_datasets import align_columns
from stages.core.errors import MAX_EXAMPLES
from stages.inference.predictor import Predictions, TargetPrediction
from stages.inference.read.row_block import RowBlock

# A longer result is for a program.
MAX_ROWS = 20


def text_table(block: RowBlock, predictions: Predictions) -> str:
    """Each row with what is predicted, the probability of the predicted class, and the interval.

    For one row, the probabilities of the most probable classes follow.
    """
    rows = [[text] for text in map(str, block.carried.get("row", block.numbers.tolist()))]
    header = ["row"]
    if "step" in block.carried:
        header, rows = [*block.carried], [[str(v) for v in row] for row in zip(*block.carried.values(), strict=True)]
    for name, prediction in predictions.items():
        several = len(predictions) > 1 or len(prediction.spec.columns) > 1
        for title, texts in _columns(name, prediction, f"{name} " if several else ""):
            header.append(title)
            rows = [[*row, text] for row, text in zip(rows, texts, strict=True)]
    lines = align_columns([header, *rows])
    if len(rows) == 1:
        lines += [line for name, prediction in predictions.items() for line in _class_lines(name, prediction)]
    return "\n".join(lines)


def _columns(name: str, prediction: TargetPrediction, prefix: str) -> Iterator[tuple[str, Sequence[str]]]:
    spec = prediction.spec
    if prediction.probabilities is not None:
        assert spec.classes is not None
        numbers = prediction.predicted.tolist()
        chosen = prediction.probabilities[np.arange(len(numbers)), numbers]
        yield name, [spec.classes[number] for number in numbers]
        yield f"{prefix}probability", [_probability(share) for share in chosen.tolist()]
        return
    for index, column in enumerate(spec.columns):
        yield column, _values(prediction.predicted, index)
        for title, bound in (("from", prediction.lower), ("to", prediction.upper)):
            if bound is not None:
                yield f"{prefix}{title}", _values(bound, index)


def _class_lines(name: str, prediction: TargetPrediction) -> list[str]:
    if prediction.probabilities is None or prediction.spec.classes is None:
        return []
    [shares] = prediction.probabilities.tolist()
    ranked = sorted(zip(shares, prediction.spec.classes, strict=True), key=lambda pair: -pair[0])
    rows = [(text, _probability(share)) for share, text in ranked[:MAX_EXAMPLES]]
    return ["", *align_columns([(name, "probability"), *rows])]


def _values(values: NDArray[Any], column: int) -> list[str]:
    return [f"{value:.6g}" for value in values[:, column].tolist()]


def _probability(share: float) -> str:
    return f"{share:.4f}"
