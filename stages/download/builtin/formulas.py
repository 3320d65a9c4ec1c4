"""Data that are computed, or written down in the conf."""

from typing import assert_never

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw import ALL, Table
from stages.download.params import Count, Line, Points, TwoTables

# How far the n-th value of each column is from the one before; without a common factor with the rows, and a column
# has every number from 1 to rows once.
STEPS = {"a1": 1, "a2": 3, "a3": 7, "b1": 9, "b2": 11, "b3": 13}


def computed(formula: Points | Count | Line | TwoTables) -> Table:
    match formula:
        case Points():
            return points(formula)
        case Count():
            return count(formula)
        case Line():
            return line(formula)
        case TwoTables():
            return two_tables(formula)
        case _:
            assert_never(formula)


def points(formula: Points) -> Table:
    """Columns stand in the order of the first split."""
    order = list(next(iter(formula.splits.values())))
    frames = {s: pd.DataFrame(columns, columns=order, dtype=float) for s, columns in formula.splits.items()}
    return Table(frames=frames, source={"source": "formula", "formula": "points"})


def count(formula: Count) -> Table:
    value = formula.first + formula.step * np.arange(formula.rows, dtype=np.float64)
    origin = {"source": "formula", "formula": "count", "first": formula.first, "step": formula.step}
    return Table(frames={ALL: pd.DataFrame({"value": value})}, kind="series", source=origin)


def line(formula: Line) -> Table:
    frames = {split: _on_line(formula, np.asarray(xs, np.float64)) for split, xs in formula.splits.items()}
    origin = {"source": "formula", "formula": "line", "slope": formula.slope, "intercept": formula.intercept}
    return Table(frames=frames, source=origin)


def _on_line(formula: Line, x: NDArray[np.float64]) -> pd.DataFrame:
    return pd.DataFrame({"x": x, "y": formula.slope * x + formula.intercept})


def two_tables(formula: TwoTables) -> Table:
    """The targets: the sum of both tables' means, and their product in units of `rows`."""
    row = np.arange(formula.rows, dtype=np.int64)
    columns = {name: (row * step % formula.rows + 1).astype(np.float64) for name, step in STEPS.items()}
    a, b = (np.mean([columns[f"{table}{n}"] for n in (1, 2, 3)], axis=0) for table in "ab")
    frame = pd.DataFrame(columns | {"y1": a + b, "y2": a * b / formula.rows})
    origin = {"source": "formula", "formula": "two_tables", "rows": formula.rows}
    return Table(frames={ALL: frame}, source=origin)
