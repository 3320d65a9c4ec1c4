"""Rows that cannot be predicted: all reported, or written to a side file and left out."""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

from stages.core.errors import MAX_EXAMPLES, UserError
from stages.core.runtime.atomic_write import move_into_place, write_beside
from stages.inference.read.row_block import RowBlock
from stages.inference.row_problems import RowProblem


class BadRows(Protocol):
    def add(self, block: RowBlock) -> None:
        """Take the problems of a block."""

    @property
    def stops(self) -> bool:
        """Whether nothing more has to be predicted, since the command will fail."""


class ReportedRows:
    """Counts the problems of each column, and keeps the first five."""

    def __init__(self) -> None:
        self._examples: dict[str, list[RowProblem]] = {}
        self._counts: Counter[str] = Counter()

    def add(self, block: RowBlock) -> None:
        for problem in block.problems:
            self._counts[problem.column] += 1
            examples = self._examples.setdefault(problem.column, [])
            if len(examples) < MAX_EXAMPLES:
                examples.append(problem)

    @property
    def stops(self) -> bool:
        return bool(self._counts)

    def raise_if_any(self, source: str) -> None:
        """Raise a UserError with the examples of all columns and how many more there are."""
        if self._counts:
            raise UserError(
                *(f"{source}: {message}" for message in self._messages()),
                f"{source}: nothing was predicted; correct these rows, or leave them out with --skip-bad",
            )

    def _messages(self) -> Iterator[str]:
        for column, examples in self._examples.items():
            yield from map(str, examples)
            if more := self._counts[column] - len(examples):
                yield f"column {column}: {more:,} more {'problem' if more == 1 else 'problems'}"


class SkippedRows:
    """Writes the rows that are left out to a CSV file: their numbers, what is wrong, and their values."""

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0
        self._stack = ExitStack()
        self._writer: Any = None
        self._columns: list[str] = []

    def add(self, block: RowBlock) -> None:
        problems: dict[int, list[RowProblem]] = {}
        for problem in block.problems:
            problems.setdefault(problem.row, []).append(problem)
        for number, found in problems.items():
            self.count += 1
            written = block.left_out.get(number, {})
            if self._writer is None:
                self._open([*written])
            said = "; ".join(f"{problem.column}: {problem.message}" for problem in found)
            self._writer.writerow([number, said, *(written.get(column, "") for column in self._columns)])

    @property
    def stops(self) -> bool:
        return False

    def _open(self, columns: list[str]) -> None:
        temporary = self._stack.enter_context(write_beside(self.path))
        file = self._stack.enter_context(temporary.open("w", encoding="utf-8", newline=""))
        self._writer, self._columns = csv.writer(file, lineterminator="\n"), columns
        self._writer.writerow(["row", "problem", *columns])

    @contextmanager
    def writing(self) -> Iterator["SkippedRows"]:
        """The file is complete after the block, or not there if the block fails or no row was left out."""
        with self._stack:
            yield self
        if self.count:
            move_into_place(self.path)


def side_file(out: Path | None, key: str) -> Path:
    """
    >>> side_file(Path("done/new.csv"), "iris"), side_file(None, "iris")
    (PosixPath('done/new.bad.csv'), PosixPath('iris.bad.csv'))
    """
    return Path(f"{key}.bad.csv") if out is None else out.with_name(f"{out.stem}.bad.csv")
