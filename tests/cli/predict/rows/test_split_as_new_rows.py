"""The raw rows of a split become the arrays that preprocess made of them, for each kind of data."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.cli.predict.rows import split_as_new_rows
from stages.cli.predict.rows.series_as_new_rows import last_rows, split_forecasts
from stages.cli.predict.rows.split_as_new_rows import split_blocks, split_of_all_rows
from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens
from stages.core.artefacts.raw.raw_files import read_raw, write_raw
from stages.core.artefacts.raw.shared_rows import SharedRows
from stages.core.parameters.validation_errors import type_adapter
from stages.inference.new_rows.transform_rows import NEW_ROWS, transform_rows
from stages.inference.output_settings import OutputSettings
from stages.inference.predictor import Predictor
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from tests.core.artefacts.example_pictures import table_with_pictures

SPLIT = {"test": 0.25, "validation": 0.25, "order": "shuffled", "seed": 1}


def table() -> tuple[RawData, dict[str, Any]]:
    numbers = np.arange(40)
    frame = pd.DataFrame(
        {
            "size": np.where(numbers % 7 == 0, np.nan, numbers / 3),
            "color": np.array(["red", "green", None, "blue"], object)[numbers % 4],
            "open": numbers % 3 == 0,
            "day": pd.Timestamp("2020-01-01") + pd.to_timedelta(numbers, "D"),
            "y": np.array(["a", "b"], object)[numbers % 2],
        }
    )
    columns = {"size": {"kind": "number", "missing": "median"}, "color": {"kind": "category", "missing": "category"}}
    return Table({"all": frame}), {"targets": "y", "labels": "one_hot", "columns": columns}


def images() -> tuple[RawData, dict[str, Any]]:
    pixels = np.random.default_rng(0).integers(0, 255, (40, 3, 2), np.uint8)
    raw = Images(
        {"train": pixels[:30], "test": pixels[30:]}, {"train": np.arange(30) % 2, "test": np.arange(10) % 2}, ["a", "b"]
    )
    return raw, {
        "labels": "integer",
        "steps": [{"step": "divide", "by": 255}],
        "split": {"test": "given", "validation": 0.2},
    }


def tokens() -> tuple[RawData, dict[str, Any]]:
    offsets = np.arange(41) * 3
    ids = np.random.default_rng(0).integers(0, 50, 120)
    raw = Tokens({"all": ids}, {"all": offsets}, {"all": np.arange(40) % 2}, ["a", "b"])
    return raw, {"labels": "integer", "words": {"vocabulary_size": 30}}


def pictures() -> tuple[RawData, dict[str, Any]]:
    return table_with_pictures(40), {"targets": "price"}


def arrays(processed: ProcessedData, split: str) -> dict[str, Any]:
    return {name: dense(rows) for name, rows in processed.inputs(split).items()}


def dense(rows: Any) -> Any:
    return rows.to_array() if isinstance(rows, SharedRows) else list(rows) if isinstance(rows, RaggedRows) else rows


def in_blocks(raw: RawData, folder: Path) -> Table:
    """The same table, stored in blocks of seven rows."""
    assert isinstance(raw, Table)
    write_raw(replace(raw, block_rows=7), folder / "mine")
    stored = read_raw(folder / "mine")
    assert isinstance(stored, Table)
    assert stored.is_large
    return stored


# Only a table is stored in blocks.
@pytest.mark.parametrize(
    ("example", "large"),
    [(table, False), (images, False), (tokens, False), (pictures, False), (table, True), (pictures, True)],
)
@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_the_rows_are_those_that_preprocess_read(
    example: Any, split: str, large: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(split_as_new_rows, "ROWS_IN_A_BLOCK", 3)
    raw, given = example()
    processed = preprocess(raw, type_adapter(Preprocess).validate_python({"split": SPLIT} | given))
    blocks = list(split_blocks(in_blocks(raw, tmp_path) if large else raw, processed, split))
    assert len(blocks) > 1
    found = [arrays(transform_rows(processed.fitted, block.rows), NEW_ROWS) for block in blocks]
    for name, expected in arrays(processed, split).items():
        np.testing.assert_array_equal(np.concatenate([block[name] for block in found]), expected)
    assert [row for block in blocks for row in block.carried["row"]] == list(processed.splits[split].rows)


@pytest.mark.parametrize("large", [False, True])
def test_gaps_are_filled_with_values_of_an_earlier_split(large: bool, tmp_path: Path) -> None:
    rows = np.arange(40)
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(rows, "D")
    heat = np.where(rows % 4 == 0, rows, np.nan)
    raw = Table({"all": pd.DataFrame({"day": days, "heat": heat, "y": rows / 2})}, kind="series", time="day")
    given = {
        "inputs": {"x": ["heat"]},
        "targets": "y",
        "columns": {"heat": {"kind": "number", "missing": "forward", "missing_indicator": True}},
        "split": {"test": 9, "validation": 10, "order": "chronological"},
    }
    processed = preprocess(raw, type_adapter(Preprocess).validate_python(given))
    sums = Predictor(processed.fitted, OutputSettings(), lambda inputs: {"y": inputs["x"].sum(1, keepdims=True)}, 8)
    found = list(split_of_all_rows(sums, in_blocks(raw, tmp_path) if large else raw, processed, "test"))
    assert len(found) == (2 if large else 1)
    [expected] = processed.inputs("test").values()
    predicted = np.concatenate([predictions["y"].predicted[:, 0] for _, predictions in found])
    np.testing.assert_array_equal(predicted, expected.sum(axis=1))
    assert [row for block, _ in found for row in block.carried["row"]] == [*range(31, 40)]
    assert np.concatenate([block.numbers for block, _ in found]).tolist() == [*range(1, 10)]


@pytest.mark.parametrize("steps", ["last", "all"])
def test_forecasts_of_a_series_in_blocks_are_those_of_one_in_memory(steps: str, tmp_path: Path) -> None:
    """A gap at the first row of a block is filled with the value before it."""
    rows = np.arange(60)
    heat = np.where((rows % 5 == 0) | ((rows > 40) & (rows < 46)), np.nan, np.sin(rows))
    heat[0] = 1.0
    raw = Table({"all": pd.DataFrame({"heat": heat, "y": rows / 2})}, kind="series")
    given = {
        "inputs": {"x": ["heat", "y"]},
        "targets": "y",
        "columns": {"heat": {"kind": "number", "missing": "forward"}, "y": {"kind": "number"}},
        "split": {"test": 25, "validation": 10, "order": "chronological"},
        "window": {"length": 4, "horizon": 2, "steps": steps},
    }
    processed = preprocess(raw, type_adapter(Preprocess).validate_python(given))
    width = 2 if steps == "all" else 1
    sums = Predictor(processed.fitted, OutputSettings(), lambda inputs: {"y": repeated_sums(inputs["x"], width)}, 8)
    ((expected, predicted),) = split_forecasts(sums, raw, processed, "test")
    found = list(split_forecasts(sums, in_blocks(raw, tmp_path), processed, "test"))
    assert len(found) > 1
    assert {name: [row for block, _ in found for row in block.carried[name]] for name in expected.carried} == {
        name: list(values) for name, values in expected.carried.items()
    }
    np.testing.assert_array_equal(np.concatenate([each["y"].predicted for _, each in found]), predicted["y"].predicted)
    assert np.concatenate([block.numbers for block, _ in found]).tolist() == expected.numbers.tolist()


def repeated_sums(inputs: np.ndarray[Any, Any], width: int) -> np.ndarray[Any, Any]:
    return np.repeat(inputs.sum(axis=(1, 2))[:, None], width, axis=1)


def test_the_next_rows_of_a_series_in_blocks_need_its_last_ones(tmp_path: Path) -> None:
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(30), "D")
    raw = Table({"all": pd.DataFrame({"day": days, "y": np.arange(30.0)})}, kind="series", time="day")
    given = {
        "inputs": {"x": ["y"]},
        "targets": "y",
        "split": {"test": 8, "validation": 8, "order": "chronological"},
        "window": {"length": 3},
    }
    fitted = preprocess(raw, type_adapter(Preprocess).validate_python(given)).fitted
    (expected, times), (found, last_times) = (last_rows(each, fitted, 3) for each in (raw, in_blocks(raw, tmp_path)))
    assert (len(expected), len(found)) == (30, 7)
    assert times is not None
    assert last_times is not None
    assert last_times.tolist() == times[-7:].tolist()
    assert np.asarray(found.columns["y"]).tolist() == [*range(23, 30)]
