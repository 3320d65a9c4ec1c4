"""The rows of a large table in a notebook: a data frame of some of them, or of one block after another."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.table_rows import block_rows, read_rows
from stages.core.errors import UserError, suggest
from stages.notebook.notebook_errors import raises_error

if TYPE_CHECKING:
    import pandas as pd

SPLIT = "split"


class RawTable:
    """A table that may be larger than memory.

    Frames have the number of the raw row as index, and the split of the source as first column.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    @property
    def columns(self) -> list[str]:
        return self._table.columns

    @property
    def splits(self) -> dict[str, int]:
        """The number of rows of each split of the source."""
        return self._table.sizes

    def __len__(self) -> int:
        return sum(self.splits.values())

    @raises_error
    def head(self, rows: int = 5) -> "pd.DataFrame":
        """The first rows."""
        return self.rows(range(min(rows, len(self))))

    @raises_error
    def rows(self, numbers: Sequence[int], columns: Sequence[str] | None = None) -> "pd.DataFrame":
        """The raw rows with these numbers, with some columns or with all."""
        import pandas as pd

        if wrong := [number for number in numbers if not 0 <= number < len(self)][:1]:
            raise UserError(f"rows: received {wrong[0]:,}; raw rows are counted from 0 to {len(self) - 1:,}")
        frame = read_rows(self._table, list(numbers), self._known(columns))
        starts = [(split, rows.start) for split, number, rows in block_rows(self._table) if number == 0]
        splits = [max(starts, key=lambda start: (start[1] <= number, start[1]))[0] for number in numbers]
        return _labelled(frame, pd.Categorical(splits, [*self.splits]), numbers)

    def blocks(self, columns: Sequence[str] | None = None) -> "Iterator[pd.DataFrame]":
        """All rows, a block at a time, with some columns or with all."""
        import pandas as pd

        names = self._known(columns)
        for split, number, rows in block_rows(self._table):
            frame = self._table.block(split, number, names)
            yield _labelled(frame, pd.Categorical([split] * len(rows), [*self.splits]), rows)

    @raises_error
    def frame(self, columns: Sequence[str] | None = None) -> "pd.DataFrame":
        """All rows in memory, with some columns or with all."""
        import pandas as pd

        return pd.concat([*self.blocks(columns)])

    def __getitem__(self, name: Any) -> NoReturn:
        raise TypeError(
            f"raw[{name!r}]: a large table is not in memory; use raw.head(), raw.rows([0, 9]), raw.blocks(['column']) "
            "or raw.frame(['column']), which reads all rows"
        )

    def __repr__(self) -> str:
        sizes = ", ".join(f"{split} {size:,}" for split, size in self.splits.items())
        return f"<large table of {len(self.columns)} columns: {sizes}; use .head(), .rows(), .blocks() or .frame()>"

    @raises_error
    def _known(self, columns: Sequence[str] | None) -> list[str]:
        names = self.columns if columns is None else list(columns)
        if unknown := [name for name in names if name not in self.columns]:
            raise UserError(f"column {unknown[0]}: {suggest(unknown[0], self.columns)}")
        return names


def _labelled(frame: "pd.DataFrame", splits: "pd.Categorical", numbers: Sequence[int]) -> "pd.DataFrame":
    import pandas as pd

    name = SPLIT
    while name in frame.columns:
        name = f"source_{name}"
    frame.index = (
        pd.Index(list(numbers), name="row")
        if not isinstance(numbers, range)
        else pd.RangeIndex(numbers.start, numbers.stop, numbers.step, name="row")
    )
    frame.insert(0, name, splits)
    return frame
