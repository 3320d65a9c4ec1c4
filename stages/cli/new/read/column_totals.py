"""What is known of a column from all rows of a table, which are read a part at a time."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.arrow_types import is_text
from stages.download.formats.csv_text.sniff_values import ANY_NUMBER

if TYPE_CHECKING:
    import pyarrow as pa

# The rows of each value are counted up to so many different ones.
MOST_COUNTED = 1000
# A text among numbers is looked for in columns of texts that begin with this many values, most of them numbers.
FIRST_TEXTS = 1000
MOST_OTHERS = 3
NUMBER = f"^(?:{ANY_NUMBER.pattern})$"


@dataclass
class ColumnTotals:
    """`low` and `high` are those of numbers, with the number of rows that have them.

    `counts` has the rows of each value; None for fractions, and for more than MOST_COUNTED different values.

    `numbers` is None unless the column has texts that begin with numbers. Then it is how many are numbers, however
    they are written, and `others` has the first ones that are not, with the number of their row, from 1.
    """

    rows: int = 0
    missing: int = 0
    low: float | None = None
    high: float | None = None
    low_rows: int = 0
    high_rows: int = 0
    counts: dict[Any, int] | None = field(default_factory=dict)
    numbers: int | None = None
    others: list[tuple[int, str]] = field(default_factory=list)

    @property
    def present(self) -> int:
        return self.rows - self.missing

    @property
    def texts_among_numbers(self) -> int:
        """How many texts are no numbers; 0 if they are the larger part."""
        others = 0 if self.numbers is None else self.present - self.numbers
        return others if 2 * others < self.present else 0

    def add(self, values: "pa.ChunkedArray") -> list[int]:
        """Return the positions of the rows that have a new lowest, highest or different value, or the first gap."""
        import pyarrow as pa
        from pyarrow import compute

        if pa.types.is_floating(values.type):
            values = compute.if_else(compute.is_nan(values), None, values)
        first_row, self.rows = self.rows, self.rows + len(values)
        positions = self._add_gaps(values)
        if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
            positions += self._add_range(values)
        if is_text(values.type):
            positions += self._add_texts(values, first_row)
        if pa.types.is_floating(values.type):
            self.counts = None
        if self.counts is not None:
            positions += self._add_counts(values)
        return positions

    def _add_gaps(self, values: "pa.ChunkedArray") -> list[int]:
        from pyarrow import compute

        is_first, gaps = not self.missing, values.null_count
        self.missing += gaps
        return [compute.index(compute.is_null(values), True).as_py()] if gaps and is_first else []

    def _add_range(self, values: "pa.ChunkedArray") -> list[int]:
        from pyarrow import compute

        positions = []
        low, high = (found.as_py() for found in compute.min_max(values).values())
        if low is not None and (self.low is None or low <= self.low):
            positions += [compute.index(values, low).as_py()]
            self.low_rows = _rows_with(values, low) + (self.low_rows if low == self.low else 0)
            self.low = float(low)
        if high is not None and (self.high is None or high >= self.high):
            positions += [compute.index(values, high).as_py()]
            self.high_rows = _rows_with(values, high) + (self.high_rows if high == self.high else 0)
            self.high = float(high)
        return positions

    def _add_counts(self, values: "pa.ChunkedArray") -> list[int]:
        assert self.counts is not None
        encoded = values.combine_chunks().dictionary_encode()
        different = encoded.dictionary
        if len(different) > MOST_COUNTED:
            self.counts = None
            return []
        numbers, first, rows = _first_and_count(encoded.indices.drop_null())
        texts = different.take(numbers).to_pylist()
        # Positions are those of present values; the first gaps are found by `_add_gaps`.
        present = np.flatnonzero(encoded.indices.is_valid().to_numpy(zero_copy_only=False))
        new = [int(present[position]) for value, position in zip(texts, first, strict=True) if value not in self.counts]
        for value, count in zip(texts, rows.tolist(), strict=True):
            self.counts[value] = self.counts.get(value, 0) + count
        if len(self.counts) > MOST_COUNTED:
            self.counts = None
        return new

    def _add_texts(self, texts: "pa.ChunkedArray", first_row: int) -> list[int]:
        from pyarrow import compute

        if first_row == 0:
            first = compute.match_substring_regex(texts.slice(0, FIRST_TEXTS).drop_null(), NUMBER)
            numbers = compute.sum(first).as_py() or 0
            self.numbers = 0 if numbers * 2 > len(first) else None
        if self.numbers is None:
            return []
        is_number = compute.match_substring_regex(texts, NUMBER)
        self.numbers += compute.sum(is_number).as_py() or 0
        others = compute.indices_nonzero(compute.invert(is_number)).to_pylist()[: MOST_OTHERS - len(self.others)]
        self.others += [(first_row + position + 1, texts[position].as_py()) for position in others]
        return list(others)


def _rows_with(values: "pa.ChunkedArray", value: float) -> int:
    from pyarrow import compute

    return compute.sum(compute.equal(values, value)).as_py()  # type: ignore[no-any-return]


def _first_and_count(numbers: "pa.Array") -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """The different numbers, the position of the first of each, and how many there are."""
    return np.unique(numbers.to_numpy(), return_index=True, return_counts=True)
