import base64
import io
import re
from dataclasses import replace

import numpy as np
import pandas as pd
from markupsafe import Markup
from PIL import Image

from stages.core.artefacts.raw.raw_data import Table
from stages.report.samples.sample_rows import format_rows, input_cells, sample_rows
from tests.core.artefacts.example_pictures import table_with_pictures
from tests.report.example_datasets import flowers, prices

TWO_SPLITS = Table({"train": pd.DataFrame({"x": [1.5, 2.0]}), "test": pd.DataFrame({"x": [None, 4.0]})})


def format_row(table: Table, row: int) -> dict[str, str]:
    (cells,) = format_rows(table, [row], table.columns)
    return cells


def test_a_missing_value_is_named() -> None:
    assert format_row(TWO_SPLITS, 2) == {"x": "missing"}


def test_values_of_private_columns_are_not_shown() -> None:
    table = Table({"all": pd.DataFrame({"x": [1.5], "name": ["ann"]})}, private=["name"])
    assert format_row(table, 0) == {"x": "1.5", "name": "private"}


def test_a_picture_is_shown_in_place_of_its_path() -> None:
    raw = table_with_pictures(6, gaps=[1])
    cells = format_row(raw, 3)
    assert isinstance(cells["photo"], Markup)
    uri = re.fullmatch(r'<img src="data:image/png;base64,([^"]+)" alt="photo of row 3" [^>]+>', cells["photo"])
    assert uri is not None
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(uri[1]))))
    np.testing.assert_array_equal(shown, raw.pictures["photo"].pixels[3])
    assert format_row(raw, 1)["photo"] == "missing"


def test_a_grey_picture_is_shown() -> None:
    raw = table_with_pictures(6)
    photo = raw.pictures["photo"]
    grey = replace(raw, pictures={"photo": replace(photo, pixels=photo.pixels[..., :1])})
    assert format_row(grey, 0)["photo"].startswith("<img")


def test_private_pictures_are_not_shown() -> None:
    assert format_row(table_with_pictures(6, private=["photo"]), 3)["photo"] == "private"


def test_the_name_of_a_column_of_pictures_is_escaped() -> None:
    raw = table_with_pictures(6)
    frame = raw.frames["all"].rename(columns={"photo": '<b>"'})
    renamed = replace(raw, frames={"all": frame}, pictures={'<b>"': raw.pictures["photo"]})
    assert 'alt="&lt;b&gt;&#34; of row 0"' in format_row(renamed, 0)['<b>"']


def test_the_decimals_of_numeric_columns_are_aligned() -> None:
    raw = flowers().raw
    assert isinstance(raw, Table)
    table = sample_rows(raw, [0, 1])
    assert table.rows == [["1.50", "setosa"], ["4.25", "versicolor"]]
    assert table.head == [("length", True), ("species", False)]


def test_inputs_are_the_columns_or_the_time_of_a_window() -> None:
    table, series = flowers(), prices()
    assert isinstance(table.raw, Table)
    assert isinstance(series.raw, Table)
    assert input_cells(table.raw, table.processed.fitted, 2) == [("length", "6")]
    assert input_cells(series.raw, series.processed.fitted, 2) == [("day", "2020-02-01")]
