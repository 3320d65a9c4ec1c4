"""Where two files differ, told in the terms of what they hold."""

import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stages.cli.verify.compare_files import difference


def texts(folder: Path, name: str, recorded: str, made: str) -> str:
    """Under names without an ending, as in a cache."""
    (folder / "a").write_text(recorded)
    (folder / "b").write_text(made)
    return difference(folder / "a", folder / "b", name)


def arrays(folder: Path, recorded: Any, made: Any) -> str:
    for name, values in (("a", recorded), ("b", made)):
        with (folder / name).open("wb") as file:
            np.save(file, np.asarray(values))
    return difference(folder / "a", folder / "b", "x.npy")


@pytest.mark.parametrize(
    ("recorded", "made", "told"),
    [
        (
            np.float32([[0.1, 0.2], [0.3, 0.4]]),
            np.float32([[0.1, 0.2], [0.3, 0.5]]),
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
        (np.uint8([0]), np.uint8([255]), "[0]: 255, recorded 0; 1 of 1 values differ, at most by 255"),
    ],
)
def test_arrays(recorded: Any, made: Any, told: str, tmp_path: Path) -> None:
    assert arrays(tmp_path, recorded, made) == told


def test_a_difference_far_into_an_array_is_found_by_its_index(tmp_path: Path) -> None:
    made = np.zeros((3, 1 << 20), np.uint8)
    made[2, 5] = 1
    assert arrays(tmp_path, np.zeros_like(made), made).startswith("[2, 5]: 1, recorded 0; 1 of 3145728")


def test_the_same_values_laid_out_otherwise(tmp_path: Path) -> None:
    values = np.arange(6.0).reshape(2, 3)
    assert arrays(tmp_path, values, np.asfortranarray(values)).startswith("byte ")


@pytest.mark.parametrize(
    ("recorded", "made", "told"),
    [
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, "a[0].b: 2, recorded 1"),
        ({"a": 1, "b": 2, "c": 3}, {"a": 0, "b": 0, "c": 0}, "a: 0, recorded 1; 2 more values differ"),
        ({"a": 1}, {"a": 1, "b": 2}, "b: 2, not recorded"),
        ({"a": [1, 2]}, {"a": [1]}, "a[1]: recorded 2, but not made"),
        ({"a": 1}, {"a": 1.0}, "a: 1.0, recorded 1"),
        ({"a": {"b": 1}}, {"a": "text"}, "a: 'text', recorded {'b': 1}"),
        ([1], {}, "all of it: {}, recorded [1]"),
    ],
)
def test_json_by_path(recorded: Any, made: Any, told: str, tmp_path: Path) -> None:
    assert texts(tmp_path, "x.json", json.dumps(recorded), json.dumps(made)) == told


def test_json_laid_out_otherwise(tmp_path: Path) -> None:
    assert (
        texts(tmp_path, "x.json", '{"a": 1}', '{"a":  1}') == "byte 6 is the first that differs (9 bytes, recorded 8)"
    )


@pytest.mark.parametrize(
    ("recorded", "made", "told"),
    [
        ("epoch,loss\n1,0.5\n2,0.4\n", "epoch,loss\n1,0.5\n2,0.3\n", "line 3, column loss: '0.3', recorded '0.4'"),
        ("a,b\n1,2\n", "a,c\n1,2\n", "line 1: 'a,c', recorded 'a,b'"),
        ("a,b\n1,2\n", "a,b\n1,2\n3,4\n", "line 3: not recorded"),
        ("a,b\n1,2\n3,4\n", "a,b\n1,2\n", "line 3: recorded, but not made"),
        ("a,b\n1,2\n", "a,b\n1,2,3\n", "line 2: '1,2,3', recorded '1,2'"),
    ],
)
def test_csv_by_line_and_column(recorded: str, made: str, told: str, tmp_path: Path) -> None:
    assert texts(tmp_path, "x.csv", recorded, made) == told


def test_text_by_line_and_only_what_is_about_the_difference(tmp_path: Path) -> None:
    long = "x" * 500
    told = texts(tmp_path, "page.html", f"<p>\n{long}1{long}\n", f"<p>\n{long}2{long}\n")
    x = "x" * 20
    assert told == f"line 2: '...{x}2{'x' * 39}', recorded '...{x}1{'x' * 39}'"


def parquet(folder: Path, recorded: dict[str, Any], made: dict[str, Any]) -> str:
    for name, columns in (("a", recorded), ("b", made)):
        pq.write_table(pa.table(columns), folder / name)
    return difference(folder / "a", folder / "b", "all.parquet")


@pytest.mark.parametrize(
    ("recorded", "made", "told"),
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
def test_parquet_by_column_and_row(recorded: Any, made: Any, told: str, tmp_path: Path) -> None:
    assert parquet(tmp_path, recorded, made) == told


def model(file: Path, config: dict[str, Any], weights: dict[str, Any]) -> Path:
    h5 = file.with_name("weights.h5")
    with h5py.File(h5, "w") as opened:
        for name, values in weights.items():
            opened[name] = np.float32(values)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", h5.read_bytes())
    return file


@pytest.mark.parametrize(
    ("config", "weights", "told"),
    [
        ({"units": 9}, {"layers/dense/vars/0": [[1, 2]]}, "config.json: units: 9, recorded 8"),
        (
            {"units": 8},
            {"layers/dense/vars/0": [[1, 2.5]]},
            "model.weights.h5: layers/dense/vars/0[0, 1]: 2.5, recorded 2.0; 1 of 2 values differ, at most by 0.5",
        ),
        (
            {"units": 8},
            {"layers/dense/vars/0": [[1]]},
            "model.weights.h5: layers/dense/vars/0: shape (1, 1), recorded (1, 2)",
        ),
        ({"units": 8}, {"layers/other": [[1, 2]]}, "model.weights.h5: layers/dense/vars/0: recorded, but not made"),
    ],
)
def test_a_model_by_member_and_weight(config: Any, weights: Any, told: str, tmp_path: Path) -> None:
    recorded = model(tmp_path / "a", {"units": 8}, {"layers/dense/vars/0": [[1, 2]]})
    assert difference(recorded, model(tmp_path / "b", config, weights), "seeds/1.keras") == told


@pytest.mark.parametrize("name", ["x.npy", "x.json", "x.csv", "x.parquet", "x.keras", "x", "x.txt"])
def test_what_is_not_what_its_name_promises_is_compared_by_its_bytes(name: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xff\xfe\x001\x80")
    (tmp_path / "b").write_bytes(b"\xff\xfe\x002\x80\x80")
    assert difference(tmp_path / "a", tmp_path / "b", name) == "byte 3 is the first that differs (6 bytes, recorded 5)"
