"""The rows that the windows of a split read: its own, and rows before them that are known at the first forecast."""

from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate

from stages.core.artefacts.processed import TRAIN
from stages.core.artefacts.row_numbers import RowNumbers
from stages.preprocess.params import Preprocess


def rows_to_read(
    params: Preprocess, rows: Mapping[str, RowNumbers], raw_sizes: Mapping[str, int]
) -> dict[str, RowNumbers]:
    """In a chronological split, the first window of validation and of test ends with the row before the split.

    These earlier rows are inputs, never targets. Training reads its own rows only. Two raw splits are two series, so
    that nothing is read across their border.
    """
    assert params.window is not None
    earlier = params.window.length + params.lookback
    raw_starts = [0, *accumulate(raw_sizes.values())]
    read: dict[str, RowNumbers] = {}
    for name, part in rows.items():
        assert isinstance(part, range)
        raw_start = raw_starts[bisect_right(raw_starts, part.start) - 1]
        begins_before = name != TRAIN and params.split.order == "chronological"
        start = max(raw_start, part.start - earlier) if begins_before else part.start
        read[name] = range(start, part.stop)
    return read
