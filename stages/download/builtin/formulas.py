"""Tables that are computed by a formula or listed in the configuration."""

from typing import assert_never

import numpy as np
import pandas as pd

from stages.core.artefacts.raw.raw_data import ALL, Table
from stages.download.params.builtin_params import Count, Line, Points, TwoTables

# The difference between consecutive values of each column of two_tables, modulo the number of rows. If the two have no
# common factor, the column has every number from 1 to rows once.
COLUMN_STEPS = {"a1": 1, "a2": 3, "a3": 7, "b1": 9, "b2": 11, "b3": 13}


def compute(formula: Points | Count | Line | TwoTables) -> Table:
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
    """All splits have the column order of the first split."""
    order = list(next(iter(formula.splits.values())))
    frames = {split: pd.DataFrame(columns, columns=order, dtype=float) for split, columns in formula.splits.items()}
    return Table(frames=frames, source={"source": "formula", "formula": "points"})


def count(formula: Count) -> Table:
    value = formula.first + formula.step * np.arange(formula.rows, dtype=np.float64)
    provenance = {"source": "formula", "formula": "count", "first": formula.first, "step": formula.step}
    return Table(frames={ALL: pd.DataFrame({"value": value})}, kind="series", source=provenance)


def line(formula: Line) -> Table:
    frames = {}
    for split, values in formula.splits.items():
        x = np.asarray(values, np.float64)
        frames[split] = pd.DataFrame({"x": x, "y": formula.slope * x + formula.intercept})
    provenance = {"source": "formula", "formula": "line", "slope": formula.slope, "intercept": formula.intercept}
    return Table(frames=frames, source=provenance)


def two_tables(formula: TwoTables) -> Table:
    """The targets are the sum of the means of both tables, and the product of the means divided by `rows`."""
    row = np.arange(formula.rows, dtype=np.int64)
    columns = {name: (row * step % formula.rows + 1).astype(np.float64) for name, step in COLUMN_STEPS.items()}
    a, b = (np.mean([columns[f"{table}{n}"] for n in (1, 2, 3)], axis=0) for table in "ab")
    frame = pd.DataFrame(columns | {"y1": a + b, "y2": a * b / formula.rows})
    provenance = {"source": "formula", "formula": "two_tables", "rows": formula.rows}
    return Table(frames={ALL: frame}, source=provenance)
