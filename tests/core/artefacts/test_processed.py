from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stages.core.artefacts.processed import (
    Fitted,
    InputSpec,
    ProcessedData,
    ProcessedSplit,
    TargetSpec,
    merge_splits,
    read_processed,
    write_processed,
)
from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.artefacts.windows import Window
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.column_params import TextParams
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.image_pixels import ImagePixels
from stages.core.columns.scaling import LinearScaling, UnitLength
from stages.core.columns.texts.tf_idf_text import TfIdfText
from stages.core.columns.texts.token_ids import TokenIds
from tests.core.artefacts.damage import Damage, contents, cut_short, empty, error, replace_by_objects

ARRAYS = ("input.image", "rows", "target.label")
HALVED = LinearScaling(name="divide", offset=[0.0], scale=[2.0])
SCALED = LinearScaling(name="standard", offset=[10.0, 20.0], scale=[2.0, 4.0])


def numbers(*columns: str) -> InputSpec:
    return InputSpec(column=NumberColumns(columns=list(columns)), shape=[len(columns)])


def classes(encoding: Any, *names: str) -> TargetSpec:
    return TargetSpec(column=ClassLabels(columns=["label"], encoding=encoding, classes=list(names)))


def series(rows: int, first: int = 0, window: Window | None = None, consecutive: bool = False) -> ProcessedData:
    """Two input columns that count up and down; the target is the first of them, halved."""
    count = np.arange(first, first + rows)
    values = np.column_stack([count, -count]).astype(np.float32)
    fitted = Fitted(
        inputs={"x": numbers("a", "b")},
        targets={"a": TargetSpec(column=NumberColumns(columns=["a"], steps=[HALVED]))},
        splits={"train": window.count(rows) if window else rows},
        window=window,
    )
    numbered = range(first, first + rows) if consecutive else count
    history = {"a": np.array(values[:, :1], np.float64)} if window else {}
    split = ProcessedSplit({"x": values}, {"a": values[:, :1] / 2}, numbered, history=history)
    return ProcessedData(fitted, {"train": split})


def images() -> ProcessedData:
    pixels = np.arange(8, dtype=np.uint8).reshape(2, 2, 2, 1)
    column = ImagePixels(columns=["image"], steps=[HALVED, UnitLength(axis=1)])
    fitted = Fitted(
        inputs={"image": InputSpec(column=column, shape=[2, 2, 1])},
        targets={"label": classes("one_hot", "dark", "bright")},
        splits={"train": 1, "test": 1},
    )
    one_hot = np.array([[0, 1], [1, 0]], np.float32)
    splits = {
        name: ProcessedSplit({"image": pixels[n : n + 1]}, {"label": one_hot[n : n + 1]}, np.array([n]))
        for n, name in enumerate(fitted.splits)
    }
    return ProcessedData(fitted, splits)


def texts() -> ProcessedData:
    """Ids from a vocabulary of five; the first training text and the only test text are empty."""
    fitted = Fitted(
        inputs={"text": InputSpec(column=TokenIds(columns=["text"], vocabulary_size=5), shape=[5])},
        targets={"label": classes("integer", "sport", "trade")},
        splits={"train": 3, "validation": 2, "test": 1},
    )
    rows = {
        "train": RaggedRows(np.array([1, 4, 0], np.uint8), np.array([0, 0, 2, 3])),
        "validation": RaggedRows(np.array([2, 3], np.uint8), np.array([0, 1, 2])),
        "test": RaggedRows(np.array([], np.uint8), np.array([0, 0])),
    }
    labels = {"train": [0, 1, 0], "validation": [1, 1], "test": [0]}
    splits = {
        name: ProcessedSplit({"text": rows[name]}, {"label": np.array(labels[name], np.int32)}, np.array(numbers))
        for name, numbers in {"train": [2, 3, 4], "validation": [0, 1], "test": [5]}.items()
    }
    return ProcessedData(fitted, splits)


def test_inputs_of_rows() -> None:
    data = series(4)
    assert data.inputs("train")["x"].tolist() == [[0, 0], [1, -1], [2, -2], [3, -3]]
    assert data.inputs("train", 1, 3)["x"].tolist() == [[1, -1], [2, -2]]
    assert data.inputs("train", 3, 1024)["x"].tolist() == [[3, -3]]
    assert list(data.raw_row_numbers("train")) == [0, 1, 2, 3]


def test_inputs_and_targets_of_windows() -> None:
    data = series(6, first=100, window=Window(length=2, stride=2, horizon=1))
    assert data.sample_count("train") == 2
    assert data.inputs("train")["x"].tolist() == [[[100, -100], [101, -101]], [[102, -102], [103, -103]]]
    assert data.inputs("train", 1)["x"].tolist() == [[[102, -102], [103, -103]]]
    assert data.targets("train")["a"].tolist() == [[51], [52]]
    assert data.truth("train")["a"].tolist() == [[102], [104]]
    assert list(data.raw_row_numbers("train")) == [102, 104]


def test_the_rows_of_windows_over_consecutive_rows_are_a_range() -> None:
    data = series(6, first=100, window=Window(length=2, stride=2, horizon=1), consecutive=True)
    assert data.raw_row_numbers("train") == range(102, 106, 2)


def test_windows_are_views() -> None:
    data = series(1000, window=Window(length=100, stride=1, horizon=1))
    stored = data.splits["train"].inputs["x"]
    assert np.shares_memory(data.inputs("train", 10, 20)["x"], stored)
    assert np.shares_memory(data.targets("train")["a"], data.splits["train"].targets["a"])


def test_images_are_stored_as_bytes_and_scaled_in_batches() -> None:
    data = images()
    assert np.asarray(data.splits["train"].inputs["image"]).dtype == np.uint8
    batch = data.inputs("train")["image"]
    assert batch.dtype == np.float32
    np.testing.assert_allclose(batch[0, :, 1, 0], np.array([1, 3]) / np.sqrt(10), rtol=1e-6)


def test_texts_are_stored_as_ids_and_expanded_in_batches() -> None:
    data = texts()
    batch = data.inputs("train")["text"]
    assert batch.tolist() == [[0, 0, 0, 0, 0], [0, 1, 0, 0, 1], [1, 0, 0, 0, 0]]
    assert batch.dtype == np.float32
    assert data.inputs("train", 1, 2)["text"].tolist() == [[0, 1, 0, 0, 1]]
    assert data.inputs("test", 0, 1024)["text"].tolist() == [[0, 0, 0, 0, 0]]


def test_specs_describe_their_column() -> None:
    spec = texts().fitted.inputs["text"]
    assert (spec.columns, spec.steps, spec.scaled_per_batch, spec.sparse) == (["text"], [], True, True)
    spec = images().fitted.inputs["image"]
    assert (len(spec.steps), spec.scaled_per_batch, spec.sparse) == (2, True, False)
    spec = numbers("a", "b")
    assert (spec.columns, spec.scaled_per_batch, spec.sparse) == (["a", "b"], False, False)
    target = TargetSpec(column=NumberColumns(columns=["open", "close"], steps=[SCALED]))
    assert (target.columns, target.classes, target.encoding, target.width) == (["open", "close"], None, "values", 2)
    assert target.steps == [SCALED]
    target = classes("one_hot", "a", "b", "c")
    assert (target.classes, target.encoding, target.steps, target.width) == (["a", "b", "c"], "one_hot", [], 3)


def test_a_target_of_values_is_inverted_to_its_original_unit() -> None:
    target = TargetSpec(column=NumberColumns(columns=["open", "close"], steps=[SCALED]))
    assert target.inverse(np.array([[0.0, 0.0], [1.0, -1.0]], np.float32)).tolist() == [[10, 20], [12, 16]]


def test_has_split() -> None:
    assert images().has_split("test")
    assert not images().has_split("validation")
    assert not series(2, window=Window(length=5)).has_split("train")


def test_merged_splits_are_concatenated_and_the_others_dropped() -> None:
    merged = merge_splits(texts(), "train", "validation")
    assert merged.fitted.splits == {"train": 5}
    assert list(merged.splits) == ["train"]
    assert merged.inputs("train")["text"][2:].tolist() == [[1, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0]]
    assert merged.truth("train")["label"].tolist() == [0, 1, 0, 1, 1]
    assert list(merged.raw_row_numbers("train")) == [2, 3, 4, 0, 1]


def test_merged_images_stay_bytes() -> None:
    merged = merge_splits(images(), "train", "test").splits["train"].inputs["image"]
    assert isinstance(merged, np.ndarray)
    assert merged.dtype == np.uint8
    assert merged.shape == (2, 2, 2, 1)


@pytest.mark.parametrize("data", [series(4), series(6, window=Window(length=2, horizon=2)), images()])
def test_what_is_written_can_be_read(tmp_path: Path, data: ProcessedData) -> None:
    write_processed(data, tmp_path / "iris")
    read = read_processed(tmp_path / "iris")
    assert read.fitted == data.fitted
    for name, split in data.splits.items():
        for written, loaded in (
            *((array, read.splits[name].inputs[n]) for n, array in split.inputs.items()),
            *((array, read.splits[name].targets[n]) for n, array in split.targets.items()),
            (split.rows, read.splits[name].rows),
        ):
            np.testing.assert_array_equal(loaded, written, strict=True)
            assert isinstance(loaded, np.memmap)


def test_texts_that_are_written_can_be_read(tmp_path: Path) -> None:
    data = texts()
    write_processed(data, tmp_path / "wires")
    assert sorted(f.name for f in (tmp_path / "wires/test").iterdir()) == [
        "input.text.ids.npy",
        "input.text.offsets.npy",
        "rows.npy",
        "target.label.npy",
    ]
    read = read_processed(tmp_path / "wires")
    assert read.fitted == data.fitted
    for name in data.fitted.splits:
        rows = read.splits[name].inputs["text"]
        assert isinstance(rows, RaggedRows)
        assert rows.ids.dtype == np.uint8
        np.testing.assert_array_equal(read.inputs(name)["text"], data.inputs(name)["text"], strict=True)


def test_weights_that_are_written_can_be_read(tmp_path: Path) -> None:
    params = TextParams(kind="text", form="tf_idf")
    column = TfIdfText(columns=["text"], params=params, words=["a", "b"], row_counts=[1, 2], training_rows=3)
    rows = RaggedRows(np.array([1, 0], np.uint8), np.array([0, 0, 2]), np.array([0.6, 0.8], np.float32))
    fitted = Fitted(
        inputs={"text": InputSpec(column=column, shape=[2])},
        targets={"label": classes("integer", "a", "b")},
        splits={"train": 2},
    )
    split = ProcessedSplit({"text": rows}, {"label": np.array([0, 1], np.int32)}, range(2))
    data = ProcessedData(fitted, {"train": split})
    write_processed(data, tmp_path / "wires")
    assert (tmp_path / "wires/train/input.text.weights.npy").is_file()
    read = read_processed(tmp_path / "wires")
    assert read.fitted == fitted
    expected = np.array([[0, 0], [0.8, 0.6]], np.float32)
    np.testing.assert_array_equal(read.inputs("train")["text"], expected, strict=True)


def test_consecutive_rows_are_written_as_start_and_stop(tmp_path: Path) -> None:
    write_processed(series(6, first=100, consecutive=True), tmp_path / "line")
    assert (tmp_path / "line/train/rows.json").read_text() == '{\n  "start": 100,\n  "stop": 106\n}\n'
    assert not (tmp_path / "line/train/rows.npy").exists()
    assert read_processed(tmp_path / "line").splits["train"].rows == range(100, 106)


def test_a_target_stored_in_an_input_is_written_once_and_read_as_a_view(tmp_path: Path) -> None:
    values = np.arange(12, dtype=np.float32).reshape(4, 3)
    target = TargetSpec(column=NumberColumns(columns=["b", "c"]), stored_in_input="x")
    fitted = Fitted(inputs={"x": numbers("a", "b", "c")}, targets={"y": target}, splits={"train": 4})
    split = ProcessedSplit({"x": values}, {"y": values[:, 1:]}, range(4))
    write_processed(ProcessedData(fitted, {"train": split}), tmp_path / "t")
    assert sorted(contents(tmp_path / "t")) == ["fitted.json", "train/input.x.npy", "train/rows.json"]
    read = read_processed(tmp_path / "t").splits["train"]
    np.testing.assert_array_equal(read.targets["y"], values[:, 1:], strict=True)
    assert isinstance(read.inputs["x"], np.memmap)
    assert np.shares_memory(read.targets["y"], read.inputs["x"])


def test_the_bytes_depend_neither_on_the_path_nor_on_the_order_of_names(tmp_path: Path) -> None:
    data = images()
    fitted = data.fitted.model_copy(update={"splits": {"test": 1, "train": 1}})
    write_processed(data, tmp_path / "a")
    reordered = {name: data.splits[name] for name in ("test", "train")}
    write_processed(ProcessedData(fitted, reordered), tmp_path / "deep" / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "deep" / "b")
    assert sorted(contents(tmp_path / "a")) == [
        "fitted.json",
        *(f"{split}/{name}.npy" for split in ("test", "train") for name in ARRAYS),
    ]


def test_a_dataset_that_was_not_preprocessed(tmp_path: Path) -> None:
    expected = f"{tmp_path}/iris/fitted.json: not found; run `dvc repro preprocess@iris`"
    assert error(read_processed, tmp_path / "iris") == expected


def content(text: bytes) -> Damage:
    return lambda file: file.write_bytes(text)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        *(("fitted.json", content(t)) for t in (b"", b'{"inputs": {', b"{}", b"\xff\xfe", b'{"unknown": 1}')),
        *(("test/rows.json", content(t)) for t in (b"", b"[1, 2]", b'{"start": 1}', b'{"start": "a", "stop": 2}')),
        *((f"test/{n}.npy", d) for n in ARRAYS for d in (empty, cut_short, replace_by_objects)),
    ],
)
def test_a_damaged_file(tmp_path: Path, name: str, damage: Damage) -> None:
    write_processed(images(), tmp_path / "iris")
    damage(tmp_path / "iris" / name)
    text = error(read_processed, tmp_path / "iris")
    assert text.startswith(f"{tmp_path}/iris/{name}: damaged (")
    assert text.endswith("run `dvc repro --force preprocess@iris`")
    assert "\n" not in text


def test_a_fitted_file_of_another_version(tmp_path: Path) -> None:
    write_processed(images(), tmp_path / "iris")
    file = tmp_path / "iris" / "fitted.json"
    file.write_text(file.read_text().replace('"format_version": 1', '"format_version": 2'))
    assert f"{file}: damaged (" in error(read_processed, tmp_path / "iris")


@pytest.mark.parametrize(
    ("data", "name"), [(images(), "rows"), (texts(), "input.text.ids"), (texts(), "input.text.offsets")]
)
def test_a_missing_array(tmp_path: Path, data: ProcessedData, name: str) -> None:
    write_processed(data, tmp_path / "iris")
    (tmp_path / f"iris/test/{name}.npy").unlink()
    expected = f"{tmp_path}/iris/test/{name}.npy: not found; run `dvc repro preprocess@iris`"
    assert error(read_processed, tmp_path / "iris") == expected
