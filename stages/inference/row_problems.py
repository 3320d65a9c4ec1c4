"""What is wrong in the values of new rows."""

from dataclasses import dataclass


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
