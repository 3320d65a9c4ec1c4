"""Pairs the predictions of the same row in two revisions."""

from stages.report.dataset_results import Predictions


def pair_lines(base: Predictions, head: Predictions) -> list[tuple[int, int]]:
    """The line of each prediction in base and in head, in the order of head: of the same row and step ahead.

    >>> first = Predictions("test", {}, [5, 6], {}, {})
    >>> pair_lines(first, Predictions("test", {}, [6, 5, 7], {}, {}))
    [(1, 0), (0, 1)]
    """
    lines = {place: line for line, place in enumerate(_places(base))}
    return [(lines[place], line) for line, place in enumerate(_places(head)) if place in lines]


def _places(predictions: Predictions) -> list[tuple[int, int]]:
    steps = predictions.steps or [0] * len(predictions.rows)
    return list(zip(predictions.rows, steps, strict=True))
