"""What is wrong with the pictures of rows, reported for all rows together."""

from collections import defaultdict
from collections.abc import Sequence

from stages.core.columns.private_values import PRIVATE
from stages.core.errors import UserError, format_examples

# The split and the number of a row in it.
Row = tuple[str, int]


class RowProblems:
    """The paths of private columns are in no message."""

    def __init__(self, several_splits: bool, private: bool) -> None:
        self.private, self._several_splits = private, several_splits
        self._examples: dict[str, list[str]] = defaultdict(list)

    def add(self, problem: str, row: Row, path: str, detail: str = "") -> None:
        split, number = row
        place = f"row {number} of {split}" if self._several_splits else f"row {number}"
        cause = f" ({detail})" if detail and not self.private else ""
        self._examples[problem].append(f"{PRIVATE if self.private else repr(path)} in {place}{cause}")

    def raise_if_any(self, advice: str) -> None:
        if self._examples:
            found = sorted(self._examples.items())
            raise UserError(*(f"{_count(rows)}: {problem}: {format_examples(rows)}" for problem, rows in found), advice)


def _count(rows: Sequence[str]) -> str:
    return "1 row" if len(rows) == 1 else f"{len(rows):,} rows"
