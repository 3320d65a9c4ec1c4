from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import restage
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import read_raw, write_raw
from stages.notebook.values.raw_table import RawTable
from stages.notebook.values.raw_values import raw_frame, raw_values

FRAMES = {
    "train": pd.DataFrame({"split": np.arange(7), "name": list("abcdefg")}),
    "test": pd.DataFrame({"split": np.arange(7, 10), "name": ["h", None, "j"]}),
}


@pytest.fixture
def raw(tmp_path: Path) -> RawTable:
    write_raw(Table(FRAMES, block_rows=3), tmp_path / "mine")
    found = raw_values(read_raw(tmp_path / "mine"))
    assert isinstance(found, RawTable)
    return found


def test_all_rows_are_those_of_a_table_in_memory(raw: RawTable) -> None:
    pd.testing.assert_frame_equal(raw.frame(), raw_frame(Table(FRAMES)))
    assert (len(raw), raw.splits) == (10, {"train": 7, "test": 3})


def test_blocks_have_the_numbers_of_their_rows(raw: RawTable) -> None:
    assert [block.index.tolist() for block in raw.blocks()] == [[0, 1, 2], [3, 4, 5], [6], [7, 8, 9]]
    assert [block.columns.tolist() for block in raw.blocks(["name"])] == [["split", "name"]] * 4


def test_some_rows(raw: RawTable) -> None:
    found = raw.rows([8, 2], ["split"])
    assert found.index.tolist() == [8, 2]
    assert found["source_split"].tolist() == ["test", "train"]
    assert raw.head(2)["name"].tolist() == ["a", "b"]


def test_mistakes_are_explained(raw: RawTable) -> None:
    with pytest.raises(restage.Error, match=r"column nam: did you mean name\?"):
        raw.frame(["nam"])
    with pytest.raises(restage.Error, match="received 10; raw rows are counted from 0 to 9"):
        raw.rows([10])
    with pytest.raises(TypeError, match=r"a large table is not in memory; use raw\.head"):
        raw["name"]
    assert repr(raw) == "<large table of 2 columns: train 7, test 3; use .head(), .rows(), .blocks() or .frame()>"
