"""The times of the rows of a series, as texts that are made when they are shown."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, overload

import numpy as np
from numpy.typing import NDArray

from stages.report.recorded.disk_array import disk_array
from stages.report.recorded.line_blocks import line_blocks
from stages.report.rendering.page_table import format_cell

if TYPE_CHECKING:
    import pandas as pd

# By the number of characters of a text that are compared.
UNITS = {4: "Y", 7: "M", 10: "D", 16: "m"}


class RowTimes(Sequence[str]):
    """`times` are microseconds since 1970, in UTC if they have a time zone; a missing one is the smallest number."""

    def __init__(self, times: NDArray[np.int64], zone: tzinfo | None) -> None:
        self._times, self._zone = times, zone

    def __len__(self) -> int:
        return len(self._times)

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> list[str]: ...
    def __getitem__(self, row: int | slice) -> str | list[str]:
        if isinstance(row, slice):
            return [self._text(time) for time in self._times[row]]
        return self._text(self._times[row])

    def changes(self, characters: int, first: int, last: int) -> list[int]:
        """The rows after `first`, up to `last`, whose text differs in these first characters from the row before it."""
        found = []
        for block in line_blocks(last - first):
            rows = slice(first + block.start, first + block.stop + 1)
            units = self._local(self._times[rows]).astype(f"M8[{UNITS[characters]}]").astype(np.int64)
            found += (np.flatnonzero(np.diff(units)) + rows.start + 1).tolist()
        return found

    def _local(self, times: NDArray[np.int64]) -> NDArray[np.datetime64]:
        """As a clock of the time zone shows them."""
        values = np.asarray(times).view("M8[us]")
        if self._zone is None:
            return values
        import pandas as pd

        local = pd.DatetimeIndex(values, tz="UTC").tz_convert(self._zone).tz_localize(None)
        return np.asarray(local, "M8[us]")

    def _text(self, time: np.int64) -> str:
        import pandas as pd

        stamp = pd.Timestamp(np.datetime64(int(time), "us"))
        return format_cell(stamp if self._zone is None else stamp.tz_localize("UTC").tz_convert(self._zone))


def times_in_memory(blocks: "Iterable[pd.Series]") -> tuple[NDArray[np.int64], tzinfo | None]:
    """The times of all blocks, and their time zone."""
    times = [*map(_microseconds, blocks)]
    return np.concatenate([values for values, _ in times]), times[-1][1]


def stored_times(blocks: "Iterable[pd.Series]") -> tuple[NDArray[np.int64], tzinfo | None]:
    """The same, but the times are in a temporary file."""
    zones = []
    with disk_array(np.int64) as file:
        for values, zone in map(_microseconds, blocks):
            file.append(values)
            zones.append(zone)
        return file.map(), zones[-1]


def _microseconds(times: "pd.Series") -> tuple[NDArray[np.int64], tzinfo | None]:
    zone = getattr(times.dtype, "tz", None)
    utc = times if zone is None else times.dt.tz_convert("UTC").dt.tz_localize(None)
    return utc.to_numpy("datetime64[us]").view(np.int64), zone
