"""Rows of the stored raw data are the rows that a user would give."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens
from stages.core.artefacts.raw.raw_files import read_raw, write_raw
from stages.core.columns.pictures.picture_pixels import PictureValues
from stages.export.held_out.stored_rows import rows_of_raw_split, stored_rows
from stages.inference.new_rows.raw_rows import RawValues
from tests.inference.made_rows import new_rows
from tests.inference.prediction_examples import pictures_of_digits, table_of_every_kind, texts_of_word_numbers

TABLE = Table({"train": pd.DataFrame({"a": [1.5, None]}), "test": pd.DataFrame({"a": [2.5, 3.5, 4.5]})})


def contents(values: RawValues) -> Any:
    match values:
        case PictureValues():
            return [None if n < 0 else values.pixels[n].tolist() for n in values.numbers.tolist()]
        case RaggedRows():
            return [values.ids[a:b].tolist() for a, b in zip(values.offsets, values.offsets[1:], strict=False)]
        case _:
            return values.tolist()


@pytest.mark.parametrize("raw", [table_of_every_kind(), pictures_of_digits(), texts_of_word_numbers()])
def test_rows_of_all_kinds_of_data(raw: RawData) -> None:
    """Row 3 has no picture and row 4 no score."""
    rows = np.array([0, 3, 4, 80])
    expected = new_rows(raw, rows)
    columns = ["image"] if isinstance(raw, Images) else ["text"] if isinstance(raw, Tokens) else raw.columns
    found = stored_rows(raw, columns, rows)
    assert len(found) == 4
    for name in columns:
        assert repr(contents(found.columns[name])) == repr(contents(expected.columns[name])), name


def test_rows_of_a_large_table(tmp_path: Path) -> None:
    """Rows 3 and 4 are in another block."""
    raw, rows = table_of_every_kind(), np.array([0, 3, 4, 80])
    assert isinstance(raw, Table)
    write_raw(replace(raw, block_rows=3), tmp_path / "mine")
    large = read_raw(tmp_path / "mine")
    assert isinstance(large, Table)
    assert large.is_large
    found, expected = stored_rows(large, raw.columns, rows), stored_rows(raw, raw.columns, rows)
    for name in raw.columns:
        assert repr(contents(found.columns[name])) == repr(contents(expected.columns[name])), name


def test_rows_are_numbered_through_all_splits() -> None:
    assert stored_rows(TABLE, ["a"], np.array([2, 4])).columns["a"].tolist() == [2.5, 4.5]  # type: ignore[union-attr]
    assert (rows_of_raw_split(TABLE, 1), rows_of_raw_split(TABLE, 2)) == (range(2), range(2, 5))
    with pytest.raises(IndexError):
        rows_of_raw_split(TABLE, 5)


def test_only_pictures_of_the_rows_are_taken() -> None:
    found = stored_rows(table_of_every_kind(), ["photo"], np.array([3, 70])).columns["photo"]
    assert isinstance(found, PictureValues)
    assert (len(found.pixels), found.numbers.tolist()) == (0, [-1, -1])
