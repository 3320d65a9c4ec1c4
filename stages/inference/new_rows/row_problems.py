"""What is wrong in the values of new rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from stages.core.artefacts.processed import Fitted
from stages.core.columns.registry import Column
from stages.core.columns.scaling import ScaledColumns
from stages.core.errors import UserError
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_values import column_values, fill_gaps_forward
from stages.inference.row_checks.step_problems import step_problems
from stages.inference.row_checks.value_problems import Found, value_problems

MAX_MESSAGES = 20


@dataclass(frozen=True)
class RowProblem:
    """One sentence about a row, which says what was received and what is expected, without a value of a private column.

    `row` is the number of the row in the input, from 1. `column` is empty if the row as a whole cannot be read.
    """

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        """
        >>> str(RowProblem(3, "size", "'big' is not a number"))
        "row 3: column size: 'big' is not a number"
        """
        column = f"column {self.column}: " if self.column else ""
        return f"row {self.row}: {column}{self.message}"


class UnusableRowsError(UserError):
    """Rows that the model cannot take. `problems` has all of them; the message has the first ones."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        self.problems = problems
        more = len(problems) - MAX_MESSAGES
        super().__init__(*map(str, problems[:MAX_MESSAGES]), *([f"and {more:,} more problems"] if more > 0 else []))


def find_row_problems(fitted: Fitted, rows: RawRows) -> list[RowProblem]:
    """What is wrong in the rows, by row: values that a column cannot take, or that its steps turn into no number.

    A category that no training row has is a problem only where `unseen: fail` refuses it.
    """
    return problems_of_filled_rows(fitted, fill_gaps_forward(fitted, rows))


def problems_of_filled_rows(fitted: Fitted, rows: RawRows, first: int = 0, with_steps: bool = True) -> list[RowProblem]:
    """`rows` has gaps filled forward already. `first` is the number of its first row in the input, from 0.

    What the steps turn into no number takes longer to find.
    """
    found: dict[tuple[int, str], str] = {}
    for column in _checked_columns(fitted):
        of_column = [*value_problems(column, rows)]
        if with_steps:
            of_column += _step_problems_of_other_rows(column, rows, {row for row, _, _ in of_column})
        for row, name, message in of_column:
            found.setdefault((row, name), message)
    return [RowProblem(first + row + 1, name, message) for (row, name), message in sorted(found.items(), key=_row_of)]


def _row_of(item: tuple[tuple[int, str], str]) -> int:
    return item[0][0]


def _checked_columns(fitted: Fitted) -> Iterator[Column]:
    """The inputs, and the targets of a series, whose known values forecasts begin with."""
    yield from (spec.column for spec in fitted.inputs.values())
    if fitted.window is not None:
        yield from (spec.column for spec in fitted.targets.values() if spec.classes is None)


def _step_problems_of_other_rows(column: Column, rows: RawRows, wrong: set[int]) -> Found:
    if not wrong:
        yield from step_problems(column, column_values(column, rows))
    elif not (isinstance(column, ScaledColumns) and column.lookback):
        # With earlier rows in its steps, a row could not be checked without the wrong ones.
        others = np.setdiff1d(np.arange(len(rows)), [*wrong])
        for row, name, message in step_problems(column, column_values(column, rows[others])):
            yield int(others[row]), name, message
