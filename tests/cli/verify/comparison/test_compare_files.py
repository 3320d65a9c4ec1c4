"""Where two files differ, in terms of their format."""

import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stages.cli.verify.comparison.compare_files import file_difference


def text_file_difference(folder: Path, name: str, recorded: str, rerun: str) -> str:
    """The files have names without a suffix, as in DVC's cache."""
    (folder / "a").write_text(recorded)
    (folder / "b").write_text(rerun)
    return file_difference(folder / "a", folder / "b", name)


def npy_difference(folder: Path, recorded: Any, rerun: Any) -> str:
    for name, values in (("a", recorded), ("b", rerun)):
        with (folder / name).open("wb") as file:
            np.save(file, np.asarray(values))
    return file_difference(folder / "a", folder / "b", "x.npy")


@pytest.mark.parametrize(
    ("recorded", "rerun", "expected"),
    [
        (
            np.array([[0.1, 0.2], [0.3, 0.4]], np.float32),
            np.array([[0.1, 0.2], [0.3, 0.5]], np.float32),
            "[1, 1]: 0.5, recorded 0.4; 1 of 4 values differ, at most by 0.1",
        ),
        (np.zeros(3), np.zeros(4), "shape (4,), recorded (3,)"),
        (np.zeros(3), np.zeros(3, np.float32), "dtype float32, recorded float64"),
        (
            np.array([np.nan, 1.0]),
            np.array([np.nan, 2.0]),
            "[1]: 2.0, recorded 1.0; 1 of 2 values differ, at most by 1",
        ),
        (np.array([0.0, np.nan]), np.array([-0.0, 7.0]), "[0]: -0.0, recorded 0.0; 2 of 2 values differ"),
        (np.array(["ab", "cd"]), np.array(["ab", "ce"]), "[1]: ce, recorded cd; 1 of 2 values differ"),
        (np.float64(1), np.float64(2), "[]: 2.0, recorded 1.0; 1 of 1 values differ, at most by 1"),
        (
            np.array([0], np.uint8),
            np.array([255], np.uint8),
            "[0]: 255, recorded 0; 1 of 1 values differ, at most by 255",
        ),
    ],
)
def test_arrays(recorded: Any, rerun: Any, expected: str, tmp_path: Path) -> None:
    assert npy_difference(tmp_path, recorded, rerun) == expected


def test_a_difference_beyond_the_first_chunk_of_an_array(tmp_path: Path) -> None:
    rerun = np.zeros((3, 1 << 20), np.uint8)
    rerun[2, 5] = 1
    found = npy_difference(tmp_path, np.zeros_like(rerun), rerun)
    assert found == "[2, 5]: 1, recorded 0; 1 of 3145728 values differ, at most by 1"


def test_arrays_with_the_same_values_in_another_layout(tmp_path: Path) -> None:
    values = np.arange(6.0).reshape(2, 3)
    assert npy_difference(tmp_path, values, np.asfortranarray(values)).startswith("byte ")


@pytest.mark.parametrize(
    ("recorded", "rerun", "expected"),
    [
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, "a[0].b: 2, recorded 1"),
        ({"a": 1, "b": 2, "c": 3}, {"a": 0, "b": 0, "c": 0}, "a: 0, recorded 1; 2 more values differ"),
        ({"a": 1}, {"a": 1, "b": 2}, "b: 2 not recorded"),
        ({"a": [1, 2]}, {"a": [1]}, "a[1]: 2 recorded, but missing"),
        ({"a": 1}, {"a": 1.0}, "a: 1.0, recorded 1"),
        ({"a": {"b": 1}}, {"a": "text"}, "a: 'text', recorded {'b': 1}"),
        ([1], {}, "document: {}, recorded [1]"),
    ],
)
def test_json(recorded: Any, rerun: Any, expected: str, tmp_path: Path) -> None:
    assert text_file_difference(tmp_path, "x.json", json.dumps(recorded), json.dumps(rerun)) == expected


def test_json_with_the_same_values_in_another_layout(tmp_path: Path) -> None:
    found = text_file_difference(tmp_path, "x.json", '{"a": 1}', '{"a":  1}')
    assert found == "byte 6 is the first that differs (9 bytes, recorded 8)"


@pytest.mark.parametrize(
    ("recorded", "rerun", "expected"),
    [
        ("epoch,loss\n1,0.5\n2,0.4\n", "epoch,loss\n1,0.5\n2,0.3\n", "line 3, column loss: '0.3', recorded '0.4'"),
        ("a,b\n1,2\n", "a,c\n1,2\n", "line 1: 'a,c', recorded 'a,b'"),
        ("a,b\n1,2\n", "a,b\n1,2\n3,4\n", "line 3: not recorded"),
        ("a,b\n1,2\n3,4\n", "a,b\n1,2\n", "line 3: recorded, but missing"),
        ("a,b\n1,2\n", "a,b\n1,2,3\n", "line 2: '1,2,3', recorded '1,2'"),
    ],
)
def test_csv(recorded: str, rerun: str, expected: str, tmp_path: Path) -> None:
    assert text_file_difference(tmp_path, "x.csv", recorded, rerun) == expected


def test_csv_with_a_field_that_is_too_long_for_its_reader(tmp_path: Path) -> None:
    field = "x" * (csv.field_size_limit() + 1)
    found = text_file_difference(tmp_path, "x.csv", f"a\n{field}\n", f"a\n{field}y\n")
    assert found.startswith(f"byte {len(field) + 2} ")


def test_text_shows_an_excerpt_of_a_long_line(tmp_path: Path) -> None:
    long = "x" * 500
    found = text_file_difference(tmp_path, "page.html", f"<p>\n{long}1{long}\n", f"<p>\n{long}2{long}\n")
    x = "x" * 20
    assert found == f"line 2: '...{x}2{'x' * 39}', recorded '...{x}1{'x' * 39}'"


@pytest.mark.parametrize(
    ("recorded", "rerun", "expected"),
    [
        ({"x": [1.0, None]}, {"x": [1.0, 3.0]}, "column x, row 1: 3.0, recorded nothing"),
        ({"x": [float("nan"), 1.0]}, {"x": [float("nan"), 2.0]}, "column x, row 1: 2.0, recorded 1.0"),
        ({"x": [1]}, {"x": [1, 2]}, "2 rows, recorded 1"),
        ({"x": [1]}, {"y": [1]}, "columns {'y': 'int64'}, recorded {'x': 'int64'}"),
        (
            {"x": [1], "y": [1]},
            {"y": [1], "x": [1]},
            "columns {'y': 'int64', 'x': 'int64'}, recorded {'x': 'int64', 'y': 'int64'}",
        ),
    ],
)
def test_parquet(recorded: dict[str, Any], rerun: dict[str, Any], expected: str, tmp_path: Path) -> None:
    for name, columns in (("a", recorded), ("b", rerun)):
        pq.write_table(pa.table(columns), tmp_path / name)
    assert file_difference(tmp_path / "a", tmp_path / "b", "all.parquet") == expected


def model_file(path: Path, config: dict[str, Any], weights: dict[str, Any]) -> Path:
    h5 = path.with_name("weights.h5")
    with h5py.File(h5, "w") as opened:
        for name, values in weights.items():
            opened[name] = np.float32(values)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", h5.read_bytes())
    return path


KERNEL = "layers/dense/vars/0"


@pytest.mark.parametrize(
    ("units", "weights", "expected"),
    [
        (9, {KERNEL: [[1, 2]]}, "config.json: units: 9, recorded 8"),
        (
            8,
            {KERNEL: [[1, 2.5]]},
            f"model.weights.h5: {KERNEL}: [0, 1]: 2.5, recorded 2.0; 1 of 2 values differ, at most by 0.5",
        ),
        (8, {KERNEL: [[1]]}, f"model.weights.h5: {KERNEL}: shape (1, 1), recorded (1, 2)"),
        (8, {"layers/other": [[1, 2]]}, f"model.weights.h5: {KERNEL}: recorded, but missing"),
    ],
)
def test_models(units: int, weights: dict[str, Any], expected: str, tmp_path: Path) -> None:
    recorded = model_file(tmp_path / "a", {"units": 8}, {KERNEL: [[1, 2]]})
    rerun = model_file(tmp_path / "b", {"units": units}, weights)
    assert file_difference(recorded, rerun, "seeds/1.keras") == expected


@pytest.mark.parametrize("name", ["x.npy", "x.json", "x.csv", "x.parquet", "x.keras", "x", "x.txt"])
def test_a_file_that_is_not_in_the_format_of_its_suffix(name: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xff\xfe\x001\x80")
    (tmp_path / "b").write_bytes(b"\xff\xfe\x002\x80\x80")
    found = file_difference(tmp_path / "a", tmp_path / "b", name)
    assert found == "byte 3 is the first that differs (6 bytes, recorded 5)"
