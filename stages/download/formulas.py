"""Data that are computed, or written down in the conf."""

from typing import assert_never

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.raw import ALL, Table
from stages.download.params import Count, Line, Points


def computed(formula: Points | Count | Line) -> Table:
    match formula:
        case Points():
            return points(formula)
        case Count():
            return count(formula)
        case Line():
            return line(formula)
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
