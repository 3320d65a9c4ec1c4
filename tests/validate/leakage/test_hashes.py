from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stages.core.bounded_memory.scratch_arrays import scratch_folder
from stages.validate.leakage import hashes
from stages.validate.leakage.hashes import HashedRows, hash_rows

FRAME = pd.DataFrame(
    {
        "number": [1.5, np.nan, 0.0, -0.0, 1.5, np.inf],
        "text": ["a", None, "", "", "a", "b"],
        "time": pd.to_datetime(["2020-01-01", None, "2020-01-02", "2020-01-02", "2020-01-01", "2020-01-03"]),
        "known": [True, False, True, True, True, False],
        "maybe": [True, None, False, False, True, None],
    }
)


@pytest.mark.parametrize("columns", [[name] for name in FRAME] + [list(FRAME)])
def test_equal_rows_have_equal_hashes_and_others_have_not(columns: list[str]) -> None:
    one, other = hash_rows(FRAME, columns)
    equal = FRAME[columns].apply(lambda row: tuple(map(str, row.replace({-0.0: 0.0}))), axis=1)
    for half in (one, other):
        assert [half[0] == value for value in half] == [equal[0] == value for value in equal]
        assert len(np.unique(half)) == equal.nunique()


def test_columns_with_exchanged_values_have_other_hashes() -> None:
    numbers = np.arange(300)
    frame = pd.DataFrame({"a": np.repeat(numbers, 300), "b": np.tile(numbers, 300)})
    assert all(len(np.unique(half)) == 90_000 for half in hash_rows(frame, ["a", "b"]))


@pytest.mark.parametrize("distinct", [1, 2, 7, 400])
def test_equal_rows_are_found_in_parts_of_any_size(
    distinct: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashes, "ROWS_PER_PART", 16)
    values = np.random.default_rng(distinct).integers(0, distinct, 500)
    frame = pd.DataFrame({"value": values})
    with scratch_folder(tmp_path) as scratch:
        rows = HashedRows(scratch, len(frame))
        for start in range(0, len(frame), 90):
            rows.add(frame.iloc[start : start + 90], ["value"])
        parts = list(rows.equal_rows())
        assert rows.distinct() == len(np.unique(values))
    assert max(len(part.positions) for part in parts) <= 16
    found = {
        int(position): (int(original), int(previous))
        for part in parts
        for position, original, previous in zip(part.positions, part.originals, part.previous, strict=True)
    }
    expected: dict[int, tuple[int, int]] = {}
    for value in range(distinct):
        positions = np.flatnonzero(values == value).tolist()
        expected |= {row: (positions[0], before) for before, row in pairwise([-1, *positions])}
    assert found == expected
