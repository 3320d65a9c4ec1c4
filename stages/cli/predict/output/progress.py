"""How many rows were predicted, and how fast."""

import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tqdm import tqdm

from stages.report.rendering.format_text import count

# A bar appears if the input is long.
DELAY = 2.0
# From so many rows on, the speed says something.
MANY_ROWS = 10_000


class Progress:
    """A bar on a terminal while the block runs, and a line about the whole."""

    def __init__(self) -> None:
        self.rows = 0
        self._started = time.monotonic()
        self._bar = tqdm(unit=" rows", unit_scale=True, delay=DELAY, leave=False, file=sys.stderr, disable=None)

    def __enter__(self) -> Self:
        return self

    def add(self, rows: int) -> None:
        self.rows += rows
        self._bar.update(rows)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.close()

    def describe(self, out: Path | None) -> str:
        """Such as `new.csv: 150 rows` or `1,000,000 rows in 12.1 s, 82,645 rows a second`."""
        seconds = time.monotonic() - self._started
        speed = f" in {seconds:.1f} s, {self.rows / seconds:,.0f} rows a second" if self.rows >= MANY_ROWS else ""
        return f"{f'{out}: ' if out else ''}{count(self.rows, 'row')}{speed}"
