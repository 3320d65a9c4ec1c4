"""Reports the rows that cannot be predicted."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from stages.core.errors import MAX_EXAMPLES, UserError
from stages.inference.new_rows.row_problems import RowProblem
from stages.inference.read.row_block import RowBlock


class BadRows:
    """Counts the problems of each column, and keeps the first five of each."""

    def __init__(self) -> None:
        self._examples: dict[str, list[RowProblem]] = {}
        self._counts: Counter[str] = Counter()

    def add(self, block: RowBlock) -> None:
        for problem in block.problems:
            self._counts[problem.column] += 1
            examples = self._examples.setdefault(problem.column, [])
            if len(examples) < MAX_EXAMPLES:
                examples.append(problem)

    def __bool__(self) -> bool:
        return bool(self._counts)

    def raise_if_any(self, source: str, can_be_skipped: bool = True) -> None:
        """Raise a UserError with the examples of all columns and how many more there are."""
        if self:
            skip = ", or leave them out with --skip-bad" if can_be_skipped else ""
            raise UserError(
                *(f"{source}: {message}" for message in self._messages()),
                f"{source}: nothing was predicted; correct these rows{skip}",
            )

    def _messages(self) -> Iterator[str]:
        for column, examples in self._examples.items():
            yield from map(str, examples)
            if more := self._counts[column] - len(examples):
                yield f"column {column}: {more:,} more {'problem' if more == 1 else 'problems'}"


def bad_rows_file(out: Path | None, key: str) -> Path:
    """Where `--skip-bad` writes the rows that it leaves out.

    >>> str(bad_rows_file(Path("done/new.parquet"), "iris")), str(bad_rows_file(None, "iris"))
    ('done/new.bad.csv', 'iris.bad.csv')
    """
    return Path(f"{key}.bad.csv") if out is None else out.with_name(f"{out.stem}.bad.csv")
