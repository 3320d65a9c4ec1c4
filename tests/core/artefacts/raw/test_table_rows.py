from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import read_raw, write_raw
from stages.core.artefacts.raw.table_rows import block_rows, read_rows, rows_at_once

FRAMES = {
    "train": pd.DataFrame({"x": np.arange(7), "name": list("abcdefg")}),
    "test": pd.DataFrame({"x": np.arange(7, 10), "name": ["h", None, "j"]}),
}


@pytest.fixture(params=[None, 2, 3])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Table:
    write_raw(Table(FRAMES, block_rows=request.param), tmp_path / "mine")
    raw = read_raw(tmp_path / "mine")
    assert isinstance(raw, Table)
    assert raw.is_large == (request.param is not None)
    return raw


def test_rows_come_in_their_order(table: Table) -> None:
    found = read_rows(table, [9, 0, 8, 0, 6], ["name", "x"])
    assert found.columns.tolist() == ["name", "x"]
    assert found["x"].tolist() == [9, 0, 8, 0, 6]
    assert found["name"].fillna("-").tolist() == ["j", "a", "-", "a", "g"]
    assert found.index.tolist() == [0, 1, 2, 3, 4]


def test_no_rows_have_the_columns(table: Table) -> None:
    assert read_rows(table, [], ["x"]).columns.tolist() == ["x"]


def test_a_row_past_the_end(table: Table) -> None:
    with pytest.raises(IndexError, match="past the end"):
        read_rows(table, [10], ["x"])


def test_the_rows_of_each_block(tmp_path: Path) -> None:
    assert [*block_rows(Table(FRAMES))] == [("train", 0, range(7)), ("test", 0, range(7, 10))]
    write_raw(Table(FRAMES, block_rows=4), tmp_path / "mine")
    raw = read_raw(tmp_path / "mine")
    assert isinstance(raw, Table)
    assert [*block_rows(raw)] == [("train", 0, range(4)), ("train", 1, range(4, 7)), ("test", 0, range(7, 10))]
    assert rows_at_once(raw) == 4
