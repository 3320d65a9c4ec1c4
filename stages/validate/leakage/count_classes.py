"""How many classes columns of a large table have, and which columns have the same ones under other names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stages.validate.all_rows import Rows, read_blocks
from stages.validate.drift.profiled_values import ColumnValues, SortedValues
from stages.validate.leakage.hashes import HashedRows

VALUES_PER_STEP = 1 << 22


@dataclass(frozen=True)
class ClassCounter:
    """`values` spare the hashes of columns that have more values than classes can be."""

    hashed: HashedRows
    values: Mapping[str, ColumnValues]

    def renamed(self, rows: Rows, names: Sequence[str], most_classes: int) -> Iterator[list[str]]:
        """The columns in groups of those with the same classes. A missing value is a class."""
        possible = [name for name in names if self._at_least(name) <= most_classes]
        counts = {name: self._count(rows, [name]) for name in possible} if len(possible) > 1 else {}
        left = [name for name in possible if counts.get(name, most_classes + 1) <= most_classes]
        while left:
            first, *others = left
            equal = [other for other in others if counts[first] == counts[other] == self._count(rows, [first, other])]
            yield [first, *equal]
            left = [name for name in others if name not in equal]

    def _at_least(self, name: str) -> int:
        """Two integers may be the same float64, so there may be more."""
        values = self.values.get(name)
        if not isinstance(values, SortedValues) or values.kind not in ("number", "date"):
            return 0
        ascending, changes = values.values, 0
        for start in range(0, len(ascending), VALUES_PER_STEP):
            part = ascending[start : start + VALUES_PER_STEP + 1]
            changes += int(np.count_nonzero(part[1:] != part[:-1]))
        return changes + 1

    def _count(self, rows: Rows, names: Sequence[str]) -> int:
        self.hashed.clear()
        for frame in read_blocks(rows, names):
            self.hashed.add(frame, names)
        return self.hashed.distinct()
