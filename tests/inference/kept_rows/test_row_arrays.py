"""Kept rows are read as they were written, and the same rows give the same bytes."""

from pathlib import Path

import numpy as np

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.columns.pictures.picture_pixels import PictureValues
from stages.inference.kept_rows.row_arrays import read_row_arrays, write_row_arrays
from stages.inference.new_rows.raw_rows import RawRows

PIXELS = np.arange(12, dtype=np.uint8).reshape(1, 2, 2, 3)
ROWS = RawRows(
    {
        "a number": np.array([1.5, np.nan]),
        "../whole": np.array([1, 2]),
        "true": np.array([True, False]),
        "time": np.array(["2020-01-31", "NaT"], "datetime64[us]"),
        "true or missing": np.array([None, False], object),
        "text": np.array(["ü", None], object),
        "photo": PictureValues(PIXELS, np.array([0, -1], np.int32)),
        "words": RaggedRows(np.array([3, 4, 5]), np.array([0, 2, 3])),
    },
    2,
)


def test_all_kinds_of_values_are_read_again(tmp_path: Path) -> None:
    write_row_arrays(ROWS, tmp_path / "rows.npz")
    found = read_row_arrays(tmp_path / "rows.npz", [*ROWS.columns], 2)
    assert len(found) == 2
    for name in ("a number", "../whole", "true", "true or missing", "time", "text"):
        np.testing.assert_array_equal(found.columns[name], ROWS.columns[name], strict=True)
    photo, words = found.columns["photo"], found.columns["words"]
    assert isinstance(photo, PictureValues)
    assert isinstance(words, RaggedRows)
    np.testing.assert_array_equal(photo.pixels, PIXELS, strict=True)
    assert (photo.numbers.tolist(), words.ids.tolist(), words.offsets.tolist()) == ([0, -1], [3, 4, 5], [0, 2, 3])


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        write_row_arrays(ROWS, tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
