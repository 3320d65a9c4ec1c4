"""The near duplicates of a table in several blocks are those of the table in memory."""

import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import read_raw, write_raw
from stages.core.artefacts.records.validation import NearDuplicatesRecord
from stages.core.bounded_memory.scratch_arrays import scratch_folder
from stages.validate.all_rows import all_rows
from stages.validate.leakage import hashes, near_duplicate_blocks
from stages.validate.leakage.duplicates import find_duplicates_by_hash, original_rows
from stages.validate.leakage.hashes import HashedRows
from stages.validate.leakage.near_duplicates import find_near_duplicates, find_near_duplicates_by_block
from stages.validate.params import NearDuplicates
from stages.validate.typed_blocks import stored_rows

LIMIT = 50


def in_memory(frames: dict[str, pd.DataFrame], tolerance: float) -> NearDuplicatesRecord:
    table = Table(frames)
    rows = all_rows(table)
    return find_near_duplicates(table, rows, original_rows(table, rows), NearDuplicates(rows=tolerance), LIMIT)


def in_blocks(frames: dict[str, pd.DataFrame], tolerance: float, block_rows: int) -> NearDuplicatesRecord:
    with tempfile.TemporaryDirectory() as folder, scratch_folder(Path(folder)) as scratch:
        write_raw(Table(frames, block_rows=block_rows), Path(folder) / "raw")
        table = read_raw(Path(folder) / "raw")
        assert isinstance(table, Table)
        assert table.is_large
        rows, row_hashes = stored_rows(table), HashedRows(scratch, sum(table.sizes.values()))
        find_duplicates_by_hash(table, rows, row_hashes, LIMIT)
        params = NearDuplicates(rows=tolerance)
        return find_near_duplicates_by_block(table, rows, row_hashes, params, LIMIT, scratch)


def copies(count: int, numbers: int, seed: int) -> dict[str, pd.DataFrame]:
    """Rows with gaps, classes and infinite numbers, and copies of some that differ by about the tolerance."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({f"n{number}": random.lognormal(0, 1, count) * 10**number for number in range(numbers)})
    frame = frame.assign(whole=random.integers(0, 9, count), kind=random.choice(["a", "b"], count), zero=0.5)
    frame.loc[::7, "n0"], frame.loc[::11, "n1"], frame.loc[::29, "n1"] = np.nan, np.nan, np.inf
    picked = random.integers(0, count, count // 2)
    moved = frame.iloc[picked].reset_index(drop=True)
    for name in (name for name in frame if name.startswith("n")):
        spread = frame[name].replace(np.inf, np.nan).quantile(0.75) - frame[name].replace(np.inf, np.nan).quantile(0.25)
        moved[name] += random.choice([0, 0.9, -0.9, 1, 1.1], len(moved), p=[0.3, 0.3, 0.3, 0.05, 0.05]) * spread * 0.01
    half = count // 4
    test = pd.concat([moved[half:], frame[:5]], ignore_index=True)
    return {"train": pd.concat([frame, moved[:half]], ignore_index=True), "test": test}


@pytest.mark.parametrize("numbers", [2, 3, 5])
@pytest.mark.parametrize("rows_per_part", [1 << 18, 64])
def test_they_are_those_of_the_table_in_memory(
    numbers: int, rows_per_part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashes, "ROWS_PER_PART", rows_per_part)
    monkeypatch.setattr(near_duplicate_blocks, "PAIRS_AT_ONCE", rows_per_part)
    monkeypatch.setattr(near_duplicate_blocks, "ROWS_AT_ONCE", rows_per_part)
    splits = copies(200, numbers, seed=numbers)
    joined = {"all": pd.concat(splits.values(), ignore_index=True)}
    for frames, block_rows in ((splits, 31), (splits, 200), (joined, 100)):
        expected = in_memory(frames, 0.01)
        assert in_blocks(frames, 0.01, block_rows) == expected
        assert (expected.across_splits or expected.within_splits or 0) >= 5
        assert expected.compared == expected.candidates


NUMBERS = st.one_of(st.integers(0, 6).map(float), st.floats(-3, 3, allow_nan=False), st.just(float("nan")))


@settings(deadline=None, derandomize=True, max_examples=30)
@given(
    st.lists(
        st.tuples(NUMBERS, NUMBERS, st.sampled_from([1, 2]), st.sampled_from(["x", "y"])), min_size=6, max_size=30
    ),
    st.integers(2, 5),
    st.integers(1, 4),
    st.sampled_from([0.001, 0.1]),
)
def test_random_rows(rows: list[Any], block_rows: int, train: int, tolerance: float) -> None:
    frame = pd.DataFrame(rows, columns=["a", "b", "c", "d"])
    frames = {"train": frame[:-train].reset_index(drop=True), "test": frame[-train:].reset_index(drop=True)}
    assert in_blocks(frames, tolerance, block_rows) == in_memory(frames, tolerance)


def test_without_two_columns_of_numbers_nothing_is_compared() -> None:
    frames = {"all": pd.DataFrame({"a": np.arange(20.0), "b": ["x"] * 20})}
    found = in_blocks(frames, 0.1, 7)
    assert found == in_memory(frames, 0.1)
    assert (found.within_splits, found.not_judged) == (None, None)


def test_a_group_of_hashes_that_is_too_large_for_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_duplicate_blocks, "MAX_HASHES", 100)
    found = in_blocks(copies(200, 2, seed=0), 0.01, 100)
    assert (found.across_splits, found.compared) == (None, 0)
    assert found.not_judged is not None
    assert re.fullmatch(r"too many rows are close in n\d, n\d, whole; equal rows are found", found.not_judged)
