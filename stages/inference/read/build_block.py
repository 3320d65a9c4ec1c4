"""Makes a block of some rows of an input, in whatever format they were written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.columns.private_values import PRIVATE
from stages.inference.input_schema import InputSchema
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_problems import RowProblem
from stages.inference.read.files.named_files import NamedFiles
from stages.inference.read.row_block import RowBlock
from stages.inference.read.values.read_values import ReadValues, ValueReader
from stages.inference.read.values.value_readers import value_reader

# Checks rows that were read. `row` of a problem is the position in these rows, from 1.
RowCheck = Callable[[RawRows], Sequence[RowProblem]]


@dataclass(frozen=True)
class WrittenRows:
    """Rows as an input has them: the values of each column, by the names of the schema and of carried columns.

    `problems` are those of rows that could not be divided into columns, and `left_out` has what is known of them.
    `texts` gives the texts of the columns in a row, by its position, if these values are not as they were written.
    """

    numbers: Sequence[int]
    needed: Mapping[str, Sequence[Any]]
    carried: Mapping[str, Sequence[Any]]
    problems: Sequence[RowProblem] = ()
    left_out: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    texts: Callable[[int], Mapping[str, str]] | None = None


class BlockBuilder:
    """Reads the values, and takes the rows out in which one is wrong or which `check` refuses.

    `files` has the pictures whose paths are values.
    """

    def __init__(
        self,
        schema: InputSchema,
        missing: Sequence[str],
        check: RowCheck | None = None,
        files: NamedFiles | None = None,
    ) -> None:
        self._schema = schema
        self._readers: dict[str, ValueReader] = {
            column.name: value_reader(column, schema, missing, files) for column in schema.columns
        }
        self._private = schema.private_names
        self._check = check

    def build(self, written: WrittenRows) -> RowBlock:
        numbers = np.asarray(written.numbers, np.int64)
        read = {name: reader(written.needed[name]) for name, reader in self._readers.items()}
        rows = RawRows({name: column.values for name, column in read.items()}, len(numbers))
        problems = self._wrong_values(read, numbers)
        wrong = {position for column in read.values() for position in column.wrong}
        kept = np.arange(len(numbers))
        if wrong:
            kept = np.setdiff1d(kept, [*wrong])
            rows = rows[kept]
        if self._check is not None and len(rows):
            found = [(kept[problem.row - 1], problem) for problem in self._check(rows)]
            refused = {int(position) for position, _ in found}
            problems += [RowProblem(int(numbers[n]), problem.column, problem.message) for n, problem in found]
            if refused:
                rows = rows[np.flatnonzero(~np.isin(kept, [*refused]))]
                kept = np.setdiff1d(kept, [*refused])
                wrong |= refused
        return self._block(written, rows, numbers, kept, sorted(wrong), problems)

    def _block(
        self,
        written: WrittenRows,
        rows: RawRows,
        numbers: NDArray[np.int64],
        kept: NDArray[np.int64],
        wrong: Sequence[int],
        problems: Sequence[RowProblem],
    ) -> RowBlock:
        left_out = {number: self._shown(values) for number, values in written.left_out.items()}
        left_out |= {int(numbers[n]): self._as_written(written, n) for n in wrong}
        carried = written.carried
        if wrong:
            carried = {name: [values[n] for n in kept.tolist()] for name, values in carried.items()}
        return RowBlock(
            rows,
            numbers[kept],
            carried,
            sorted([*written.problems, *problems], key=lambda problem: problem.row),
            dict(sorted(left_out.items())),
        )

    def _wrong_values(self, read: Mapping[str, ReadValues], numbers: NDArray[np.int64]) -> list[RowProblem]:
        return [
            RowProblem(int(numbers[position]), name, self._message(name, message))
            for name, column in read.items()
            for position, message in column.wrong.items()
        ]

    def _message(self, column: str, message: str) -> str:
        return f"the value ({PRIVATE}) is not what the column takes" if column in self._private else message

    def _shown(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """What is known of a row that is not divided into columns: its values may be under wrong names."""
        return {} if self._private else values

    def _as_written(self, written: WrittenRows, position: int) -> dict[str, Any]:
        values = {name: values[position] for name, values in {**written.carried, **written.needed}.items()}
        if written.texts is not None:
            values |= written.texts(position)
        return {name: PRIVATE if name in self._private else value for name, value in values.items()}
