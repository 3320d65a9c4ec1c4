import csv
import gc
import io
import json
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.artefacts.processed import TargetSpec
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.errors import UserError
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.predictor import Predictions, TargetPrediction
from stages.inference.read.formats.file_formats import FileFormat
from stages.inference.read.row_block import RowBlock
from stages.inference.write.write_csv import CsvWriter, write_csv_rows
from stages.inference.write.write_predictions import PredictionWriter, prediction_records

FORMATS: list[FileFormat] = ["csv", "jsonl", "json", "parquet"]
CLASSES = TargetSpec(column=ClassLabels(columns=["color"], encoding="integer", classes=["blue", "red"]))
PRICE = TargetSpec(column=NumberColumns(columns=["price"]))
SIZES = TargetSpec(column=NumberColumns(columns=["height", "width"]))
PROBABILITIES = np.array([[0.1, 0.9], [2 / 3, 1 / 3]], np.float32)
COLORS = TargetPrediction(CLASSES, np.array([1, 0]), PROBABILITIES)
PRICES = TargetPrediction(
    PRICE, np.array([[0.1], [1e300]]), lower=np.array([[-1 / 3], [0.0]]), upper=np.array([[1 / 3], [2e300]])
)


def block(carried: dict[str, list[Any]], count: int = 2, first: int = 1) -> RowBlock:
    return RowBlock(RawRows({}, count), np.arange(first, first + count), carried)


def written(file_format: FileFormat, *blocks: tuple[RowBlock, Predictions]) -> bytes:
    stream = io.BytesIO()
    with PredictionWriter(stream, file_format) as writer:
        for rows, predictions in blocks:
            writer.write(rows, predictions)
    return stream.getvalue()


def read_back(content: bytes, file_format: FileFormat) -> list[dict[str, Any]]:
    match file_format:
        case "csv":
            return list(csv.DictReader(io.StringIO(content.decode(), newline="")))
        case "jsonl":
            return [json.loads(line) for line in content.decode().removesuffix("\n").split("\n") if line]
        case "json":
            rows: list[dict[str, Any]] = json.loads(content)
            return rows
        case _:
            return pq.read_table(io.BytesIO(content)).to_pylist()


@pytest.mark.parametrize("file_format", FORMATS)
def test_predictions_read_back_to_the_same_bits(file_format: FileFormat) -> None:
    content = written(file_format, (block({"id": ["007", "b"]}), {"color": COLORS, "price": PRICES}))
    rows = read_back(content, file_format)
    assert list(rows[0]) == [
        "id", "color", "color_probability", "color_p_blue", "color_p_red", "price", "price_lower", "price_upper",
    ]  # fmt: skip
    assert [row["id"] for row in rows] == ["007", "b"]
    assert [row["color"] for row in rows] == ["red", "blue"]
    assert [np.float32(row["color_p_blue"]) for row in rows] == PROBABILITIES[:, 0].tolist()
    assert [np.float32(row["color_probability"]) for row in rows] == PROBABILITIES.max(axis=1).tolist()
    assert [float(row["price"]) for row in rows] == [0.1, 1e300]
    assert [float(row["price_upper"]) for row in rows] == [1 / 3, 2e300]


@pytest.mark.parametrize("file_format", FORMATS)
def test_several_blocks_give_the_bytes_of_one(file_format: FileFormat) -> None:
    def prediction(rows: slice) -> Predictions:
        return {"color": TargetPrediction(CLASSES, np.array([1, 0])[rows], PROBABILITIES[rows])}

    whole = written(file_format, (block({"id": ["a", "b"]}), prediction(slice(None))))
    parts = [
        (block({"id": ["a"]}, 1), prediction(slice(0, 1))),
        (block({"id": ["b"]}, 1, first=2), prediction(slice(1, 2))),
    ]
    if file_format == "parquet":  # a group of rows for each block
        assert read_back(written(file_format, *parts), file_format) == read_back(whole, file_format)
    else:
        assert written(file_format, *parts) == whole


def test_the_columns_of_a_target_get_a_prefix_if_a_carried_column_has_one_of_their_names() -> None:
    [first, _] = prediction_records(block({"color": ["x", "y"], "predicted_price": [1, 2]}), {"color": COLORS})
    assert list(first) == [
        "color", "predicted_price",
        "predicted_color", "predicted_color_probability", "predicted_color_p_blue", "predicted_color_p_red",
    ]  # fmt: skip
    [first, _] = prediction_records(block({"price": [1, 2], "predicted_price": [1, 2]}), {"price": PRICES})
    assert "predicted_predicted_price" in first


def test_a_target_of_several_columns_has_their_names() -> None:
    prediction = TargetPrediction(SIZES, np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert prediction_records(block({}), {"y": prediction}) == [
        {"height": 1.0, "width": 2.0},
        {"height": 3.0, "width": 4.0},
    ]


def test_values_of_json_stay_what_they_are() -> None:
    carried: dict[str, list[Any]] = {"a": [1, {"b": [None, 2.5]}], "c": [True, None]}
    rows = read_back(written("jsonl", (block(carried), {"price": PRICES})), "jsonl")
    assert [(row["a"], row["c"]) for row in rows] == [(1, True), ({"b": [None, 2.5]}, None)]
    rows = read_back(written("csv", (block(carried), {"price": PRICES})), "csv")
    assert [(row["a"], row["c"]) for row in rows] == [("1", "true"), ('{"b": [null, 2.5]}', "")]
    rows = read_back(written("parquet", (block(carried), {"price": PRICES})), "parquet")
    assert [(row["a"], row["c"]) for row in rows] == [("1", True), ('{"b": [null, 2.5]}', None)]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), min_size=1, max_size=4))
def test_any_carried_text_is_written_back(texts: list[str]) -> None:
    one = TargetPrediction(PRICE, np.ones((len(texts), 1)))
    for file_format in FORMATS:
        content = written(file_format, (block({"id": list(texts)}, len(texts)), {"price": one}))
        assert [row["id"] for row in read_back(content, file_format)] == texts


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text('a,;\t"\n\r .', max_size=4), min_size=1, max_size=4), st.booleans())
def test_csv_has_quotes_where_python_writes_them(texts: list[str], with_number: bool) -> None:
    columns: dict[str, list[Any]] = {"id": texts} | ({"x": [0.1] * len(texts)} if with_number else {})
    target = io.BytesIO()
    writer = CsvWriter(target)
    writer.write(columns, np.arange(len(texts)))
    writer.finish()
    expected = io.StringIO()
    write_csv_rows(expected, [list(columns), *([str(v) for v in row] for row in zip(*columns.values(), strict=True))])
    assert target.getvalue().decode() == expected.getvalue()


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_later_rows_with_other_columns_are_refused_where_columns_are_fixed(file_format: FileFormat) -> None:
    blocks = [
        (block({"a": [1, 2]}), {"price": PRICES}),
        (block({"a": [1, 2], "b": [1, 2]}, first=3), {"price": PRICES}),
    ]
    with pytest.raises(UserError, match=r"from row 3 on.*'b'"):
        written(file_format, *blocks)
    assert len(read_back(written("jsonl", *blocks), "jsonl")) == 4


def write_a_part(target: Path | BinaryIO, file_format: FileFormat | None = None) -> None:
    with PredictionWriter(target, file_format) as writer:
        writer.write(block({}), {"color": COLORS})
        _ = 1 / 0


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_stream_stays_open_after_an_error(file_format: FileFormat) -> None:
    stream = io.BytesIO()
    with pytest.raises(ZeroDivisionError):
        write_a_part(stream, file_format)
    gc.collect()
    assert not stream.closed


@pytest.mark.parametrize("name", ["out.csv", "out.tsv", "out.jsonl", "out.json", "out.parquet"])
def test_a_file_is_complete_or_not_there(name: str, tmp_path: Path) -> None:
    path = tmp_path / "new folder" / name
    with pytest.raises(ZeroDivisionError):
        write_a_part(path)
    assert not list(tmp_path.rglob("*.*"))
    with PredictionWriter(path) as writer:
        writer.write(block({}), {"color": COLORS})
        assert not path.exists()
    assert [found.name for found in path.parent.iterdir()] == [name]
    if name == "out.tsv":
        assert path.read_text().startswith("color\tcolor_probability\t")


@pytest.mark.parametrize("name", ["out", "out.xlsx", "out.npz", "out.csv.gz"])
def test_names_that_tell_no_format(name: str) -> None:
    with pytest.raises(UserError, match="suffix"):
        PredictionWriter(Path(name))


def test_without_rows_json_is_still_json() -> None:
    assert json.loads(written("json")) == []
    assert written("jsonl") == b""
