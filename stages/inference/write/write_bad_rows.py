"""Writes the rows that are left out to a file of their own, with what is wrong with each."""

import io
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from stages.core.files.atomic_write import move_into_place, write_beside
from stages.inference.new_rows.row_problems import RowProblem
from stages.inference.read.row_block import RowBlock
from stages.inference.write.write_csv import write_csv_rows
from stages.inference.write.written_values import csv_text, json_of

ROW, PROBLEMS = "row", "problems"


class BadRowWriter:
    """A context manager that writes a CSV file: the number of each row, what is wrong, and its values as they came.

    Without such a row there is no file afterwards, not even an older one.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self._stack = ExitStack()
        self._text: io.TextIOWrapper | None = None
        self._names: list[str] = []
        self.count = 0

    def __enter__(self) -> Self:
        temporary = self._stack.enter_context(write_beside(self._target))
        self._text = self._stack.enter_context(temporary.open("w", encoding="utf-8", newline=""))
        return self

    def write(self, block: RowBlock) -> None:
        """Write the rows that are left out of a block."""
        assert self._text is not None
        if not block.left_out:
            return
        if not self.count:
            self._names = _names(block)
            write_csv_rows(self._text, [[ROW, PROBLEMS, *self._names]])
        for number, values in block.left_out.items():
            others = {name: value for name, value in values.items() if name not in self._names}
            texts = [csv_text(values.get(name)) for name in self._names]
            row = [str(number), _message(block, number), *texts, *([json_of(others)] if others else [])]
            write_csv_rows(self._text, [row])
        self.count += len(block.left_out)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self._stack.__exit__(kind, error, traceback)
            return
        self._stack.close()
        move_into_place(self._target)
        if not self.count:
            self._target.unlink()


def _names(block: RowBlock) -> list[str]:
    names = dict.fromkeys([*block.carried, *block.rows.columns])
    return list(names | dict.fromkeys(name for values in block.left_out.values() for name in values))


def _message(block: RowBlock, number: int) -> str:
    return "; ".join(_without_row(problem) for problem in block.problems if problem.row == number)


def _without_row(problem: RowProblem) -> str:
    return f"column {problem.column}: {problem.message}" if problem.column else problem.message
