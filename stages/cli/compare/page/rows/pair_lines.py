"""Pairs the predictions of the same row in two revisions."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.report.recorded.line_blocks import line_blocks
from stages.report.recorded.recorded_predictions import Lines, Predictions, step_numbers

ALL_LINES = slice(None)


@dataclass(frozen=True)
class LinePairs:
    """The lines of the same row and step ahead in base and in head, in the order of head."""

    base: Lines
    head: Lines
    count: int

    def of_base(self, block: slice) -> Lines:
        return block if isinstance(self.base, slice) else self.base[block]

    def of_head(self, block: slice) -> Lines:
        return block if isinstance(self.head, slice) else self.head[block]


def pair_lines(base: Predictions, head: Predictions) -> LinePairs:
    """
    >>> first, second = (Predictions("test", {}, np.array(rows), {}, {}) for rows in ([5, 6], [6, 5, 7]))
    >>> pairs = pair_lines(first, second)
    >>> pairs.base, pairs.head
    (array([1, 0]), array([0, 1]))
    """
    if same_values(base.rows, head.rows) and same_values(base.steps, head.steps):
        return LinePairs(ALL_LINES, ALL_LINES, len(head.rows))
    steps = 1 + max([0, *step_numbers(base.steps), *step_numbers(head.steps)])
    _, of_base, of_head = np.intersect1d(_places(base, steps), _places(head, steps), return_indices=True)
    order = np.argsort(of_head)
    return LinePairs(of_base[order], of_head[order], len(order))


def same_values(first: NDArray[Any], second: NDArray[Any]) -> bool:
    return len(first) == len(second) and all(
        np.array_equal(first[block], second[block]) for block in line_blocks(len(first))
    )


def _places(predictions: Predictions, steps: int) -> NDArray[np.int64]:
    """A number for each row and step ahead, which is 0 without steps."""
    return predictions.rows * steps + (predictions.steps if len(predictions.steps) else 0)
