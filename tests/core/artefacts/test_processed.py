from collections.abc import Callable
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
    WindowShape,
    inverse_transform,
    merge_splits,
    read_fitted,
    read_processed,
    write_processed,
)
from stages.core.artefacts.ragged_rows import RaggedRows
from stages.core.columns.scaling import LinearScaling, UnitLength
from stages.core.errors import UserError

HALVED = LinearScaling(name="divide", offset=[0.0], scale=[2.0])
SCALED = LinearScaling(name="standard", offset=[10.0, 20.0], scale=[2.0, 4.0])


def series(rows: int, first: int = 0, window: WindowShape | None = None) -> ProcessedData:
    """Two input columns that count up and down, and their sum in halves as the target."""
    count = np.arange(first, first + rows)
    values = np.column_stack([count, -count]).astype(np.float32)
    target = TargetSpec(columns=["a"], encoding="values", steps=[HALVED])
    samples = window.window.count(rows) if window else rows
    fitted = Fitted(
        inputs={"x": InputSpec(columns=["a", "b"], shape=[2], steps=[])},
        targets={"a": target},
        splits={"train": samples},
        window=window,
    )
    split = ProcessedSplit({"x": values}, {"a": (values[:, :1] / 2)}, np.arange(first, first + rows))
    return ProcessedData(fitted, {"train": split})


def pictures() -> ProcessedData:
    images = np.arange(8, dtype=np.uint8).reshape(2, 2, 2, 1)
    fitted = Fitted(
        inputs={
            "image": InputSpec(
                columns=["image"], shape=[2, 2, 1], steps=[HALVED, UnitLength(axis=1)], scaled_per_batch=True
            )
        },
        targets={"label": TargetSpec(columns=["label"], encoding="one_hot", classes=["dark", "bright"])},
        splits={"train": 1, "test": 1},
    )
    one_hot = np.array([[0, 1], [1, 0]], np.float32)
    parts = {
        name: ProcessedSplit({"image": images[n : n + 1]}, {"label": one_hot[n : n + 1]}, np.array([n]))
        for n, name in enumerate(("train", "test"))
    }
    return ProcessedData(fitted, parts)


def texts() -> ProcessedData:
    """Ids of five words; the first training text and the only test text have none of them."""
    fitted = Fitted(
        inputs={"text": InputSpec(columns=["text"], shape=[5], steps=[], scaled_per_batch=True, multi_hot=True)},
        targets={"label": TargetSpec(columns=["label"], encoding="integer", classes=["sport", "trade"])},
        splits={"train": 3, "validation": 2, "test": 1},
    )
    rows = {
        "train": RaggedRows(np.array([1, 4, 0], np.uint8), np.array([0, 0, 2, 3])),
        "validation": RaggedRows(np.array([2, 3], np.uint8), np.array([0, 1, 2])),
        "test": RaggedRows(np.array([], np.uint8), np.array([0, 0])),
    }
    labels = {"train": [0, 1, 0], "validation": [1, 1], "test": [0]}
    numbers = {"train": [2, 3, 4], "validation": [0, 1], "test": [5]}
    return ProcessedData(
        fitted,
        {
            n: ProcessedSplit({"text": rows[n]}, {"label": np.array(labels[n], np.int32)}, np.array(numbers[n]))
            for n in fitted.splits
        },
    )


def test_rows_as_the_model_sees_them() -> None:
    data = series(4)
    assert data.inputs("train")["x"].tolist() == [[0, 0], [1, -1], [2, -2], [3, -3]]
    assert data.inputs("train", 1, 3)["x"].tolist() == [[1, -1], [2, -2]]
    assert data.inputs("train", 3, 1024)["x"].tolist() == [[3, -3]]
    assert list(data.raw_row_numbers("train")) == [0, 1, 2, 3]


def test_windows_as_the_model_sees_them() -> None:
    data = series(6, first=100, window=WindowShape(length=2, stride=2, horizon=1))
    assert data.samples("train") == 2
    assert data.inputs("train")["x"].tolist() == [[[100, -100], [101, -101]], [[102, -102], [103, -103]]]
    assert data.inputs("train", 1)["x"].tolist() == [[[102, -102], [103, -103]]]
    assert data.targets("train")["a"].tolist() == [[51], [52]]
    assert data.truth("train")["a"].tolist() == [[102], [104]]
    assert list(data.raw_row_numbers("train")) == [102, 104]


def test_a_slice_of_windows_copies_nothing() -> None:
    data = series(1000, window=WindowShape(length=100, stride=1, horizon=1))
    stored = data.splits["train"].inputs["x"]
    assert np.shares_memory(data.inputs("train", 10, 20)["x"], stored)
    assert np.shares_memory(data.targets("train")["a"], data.splits["train"].targets["a"])


def test_pictures_stay_bytes_until_they_are_looked_at() -> None:
    data = pictures()
    assert data.splits["train"].inputs["image"].dtype == np.uint8
    seen = data.inputs("train")["image"]
    assert seen.dtype == np.float32
    np.testing.assert_allclose(seen[0, :, 1, 0], np.array([1, 3]) / np.sqrt(10), rtol=1e-6)


def test_texts_stay_ids_until_they_are_looked_at() -> None:
    data = texts()
    seen = data.inputs("train")["text"]
    assert seen.tolist() == [[0, 0, 0, 0, 0], [0, 1, 0, 0, 1], [1, 0, 0, 0, 0]]
    assert seen.dtype == np.float32
    assert data.inputs("train", 1, 2)["text"].tolist() == [[0, 1, 0, 0, 1]]
    assert data.inputs("test", 0, 1024)["text"].tolist() == [[0, 0, 0, 0, 0]]


def test_two_splits_together_are_one_after_the_other_and_the_rest_is_left_out() -> None:
    whole = merge_splits(texts(), "train", "validation")
    assert whole.fitted.splits == {"train": 5}
    assert list(whole.splits) == ["train"]
    assert not whole.has("validation")
    assert whole.inputs("train")["text"][2:].tolist() == [[1, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0]]
    assert whole.truth("train")["label"].tolist() == [0, 1, 0, 1, 1]
    assert list(whole.raw_row_numbers("train")) == [2, 3, 4, 0, 1]


def test_pictures_together_stay_bytes() -> None:
    whole = merge_splits(pictures(), "train", "test").splits["train"].inputs["image"]
    assert isinstance(whole, np.ndarray)
    assert (whole.dtype, whole.shape) == (np.uint8, (2, 2, 2, 1))


def test_the_truth_of_classes_is_their_number_in_either_encoding() -> None:
    one_hot = TargetSpec(columns=["c"], encoding="one_hot", classes=["a", "b", "c"])
    integer = TargetSpec(columns=["c"], encoding="integer", classes=["a", "b", "c"])
    assert inverse_transform(one_hot, np.array([[0, 0, 1], [1, 0, 0]], np.float32)).tolist() == [2, 0]
    assert inverse_transform(integer, np.array([2, 0], np.int32)).tolist() == [2, 0]
    assert (one_hot.width, integer.width) == (3, 3)


def test_the_truth_of_values_is_in_their_own_unit() -> None:
    target = TargetSpec(columns=["open", "close"], encoding="values", steps=[SCALED])
    assert inverse_transform(target, np.array([[0.0, 0.0], [1.0, -1.0]], np.float32)).tolist() == [[10, 20], [12, 16]]
    assert target.width == 2


def test_which_splits_there_are() -> None:
    data = pictures()
    assert data.has("test")
    assert not data.has("validation")
    assert not series(2, window=WindowShape(length=5, stride=1, horizon=1)).has("train")


@pytest.mark.parametrize("data", [series(4), series(6, window=WindowShape(length=2, stride=1, horizon=2)), pictures()])
def test_what_is_written_comes_back(tmp_path: Path, data: ProcessedData) -> None:
    write_processed(data, tmp_path / "iris")
    back = read_processed(tmp_path / "iris")
    assert back.fitted == data.fitted == read_fitted(tmp_path / "iris")
    for name, split in data.splits.items():
        for written, read in (
            *((a, back.splits[name].inputs[n]) for n, a in split.inputs.items()),
            *((a, back.splits[name].targets[n]) for n, a in split.targets.items()),
            (split.rows, back.splits[name].rows),
        ):
            np.testing.assert_array_equal(read, written, strict=True)
            assert isinstance(read, np.memmap)


def test_rows_that_follow_each_other_are_two_numbers(tmp_path: Path) -> None:
    data, target = series(6, first=100), tmp_path / "points"
    part = data.splits["train"]
    write_processed(
        ProcessedData(data.fitted, {"train": ProcessedSplit(part.inputs, part.targets, range(100, 106))}), target
    )
    assert (target / "train/rows.json").read_text() == '{\n  "start": 100,\n  "stop": 106\n}\n'
    assert not (target / "train/rows.npy").exists()
    assert read_processed(target).splits["train"].rows == range(100, 106)


def test_the_rows_of_windows_over_consecutive_rows_are_a_range() -> None:
    data = series(6, window=WindowShape(length=2, stride=2, horizon=1))
    part = data.splits["train"]
    whole = ProcessedData(data.fitted, {"train": ProcessedSplit(part.inputs, part.targets, range(100, 106))})
    assert whole.raw_row_numbers("train") == range(102, 106, 2)


@pytest.mark.parametrize("content", ["", "[1, 2]", '{"start": 1}', '{"start": "a", "stop": 2}'])
def test_damaged_consecutive_rows(tmp_path: Path, content: str) -> None:
    write_processed(pictures(), tmp_path / "iris")
    (tmp_path / "iris/test/rows.json").write_text(content)
    text = mistake(read_processed, tmp_path / "iris")
    assert text.startswith(f"{tmp_path}/iris/test/rows.json: damaged (")
    assert text.endswith("run `dvc repro --force preprocess@iris`")


def test_a_target_inside_an_input_is_written_once_and_is_a_view_when_it_comes_back(tmp_path: Path) -> None:
    values = np.arange(12, dtype=np.float32).reshape(4, 3)
    fitted = Fitted(
        inputs={"x": InputSpec(columns=["a", "b", "c"], shape=[3], steps=[])},
        targets={"y": TargetSpec(columns=["b", "c"], encoding="values", stored_in_input="x")},
        splits={"train": 4},
    )
    write_processed(
        ProcessedData(fitted, {"train": ProcessedSplit({"x": values}, {"y": values[:, 1:]}, range(4))}), tmp_path / "t"
    )
    assert sorted(contents(tmp_path / "t")) == ["fitted.json", "train/input.x.npy", "train/rows.json"]
    back = read_processed(tmp_path / "t").splits["train"]
    np.testing.assert_array_equal(back.targets["y"], values[:, 1:], strict=True)
    assert isinstance(back.inputs["x"], np.memmap)
    assert np.shares_memory(back.targets["y"], back.inputs["x"])


def test_columns_are_found_only_side_by_side_and_in_order() -> None:
    spec = InputSpec(columns=["a", "b", "c"], shape=[3], steps=[])
    asked = (["a"], ["c"], ["b", "c"], ["a", "c"], ["c", "b"], ["c", "d"], ["d"])
    assert [spec.place_of(columns) for columns in asked] == [slice(0, 1), slice(2, 3), slice(1, 3)] + [None] * 4


def test_texts_that_are_written_come_back(tmp_path: Path) -> None:
    data = texts()
    write_processed(data, tmp_path / "wires")
    assert {f.name for f in (tmp_path / "wires/test").iterdir()} == {
        "input.text.ids.npy",
        "input.text.offsets.npy",
        "rows.npy",
        "target.label.npy",
    }
    back = read_processed(tmp_path / "wires")
    assert back.fitted == data.fitted
    for name in data.fitted.splits:
        rows = back.splits[name].inputs["text"]
        assert isinstance(rows, RaggedRows)
        assert rows.ids.dtype == np.uint8
        np.testing.assert_array_equal(back.inputs(name)["text"], data.inputs(name)["text"], strict=True)


@pytest.mark.parametrize("name", ["input.text.ids", "input.text.offsets"])
def test_texts_of_which_a_part_is_missing(tmp_path: Path, name: str) -> None:
    write_processed(texts(), tmp_path / "wires")
    (tmp_path / f"wires/train/{name}.npy").unlink()
    expected = f"{tmp_path}/wires/train/{name}.npy: not here; run `dvc repro preprocess@wires`"
    assert mistake(read_processed, tmp_path / "wires") == expected


def contents(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def test_the_same_bytes_in_two_places(tmp_path: Path) -> None:
    write_processed(pictures(), tmp_path / "here")
    write_processed(pictures(), tmp_path / "deep" / "there")
    assert contents(tmp_path / "here") == contents(tmp_path / "deep" / "there")
    assert sorted(contents(tmp_path / "here")) == [
        "fitted.json",
        *(f"{split}/{name}.npy" for split in ("test", "train") for name in ("input.image", "rows", "target.label")),
    ]


def test_the_order_of_names_does_not_show(tmp_path: Path) -> None:
    data = pictures()
    turned = ProcessedData(
        data.fitted.model_copy(update={"splits": {"test": 1, "train": 1}}), dict(reversed(data.splits.items()))
    )
    write_processed(data, tmp_path / "a")
    write_processed(turned, tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def mistake(read: Callable[[Path], Any], folder: Path) -> str:
    with pytest.raises(UserError) as caught:
        read(folder)
    return str(caught.value)


@pytest.mark.parametrize("read", [read_processed, read_fitted])
def test_a_set_that_was_never_preprocessed(tmp_path: Path, read: Callable[[Path], Any]) -> None:
    expected = f"{tmp_path}/iris/fitted.json: not here; run `dvc repro preprocess@iris`"
    assert mistake(read, tmp_path / "iris") == expected


@pytest.mark.parametrize("content", [b"", b'{"inputs": {', b"{}", b"\xff\xfe", b'{"unknown": 1}'])
def test_damaged_figures(tmp_path: Path, content: bytes) -> None:
    write_processed(pictures(), tmp_path / "iris")
    (tmp_path / "iris" / "fitted.json").write_bytes(content)
    text = mistake(read_processed, tmp_path / "iris")
    assert text.startswith(f"{tmp_path}/iris/fitted.json: damaged (")
    assert text.endswith("); run `dvc repro --force preprocess@iris`")
    assert "\n" not in text


def empty(file: Path) -> None:
    file.write_bytes(b"")


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-2])


def objects(file: Path) -> None:
    np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)


@pytest.mark.parametrize("damage", [empty, cut_short, objects])
@pytest.mark.parametrize("name", ["input.image", "target.label", "rows"])
def test_a_damaged_array(tmp_path: Path, name: str, damage: Callable[[Path], None]) -> None:
    write_processed(pictures(), tmp_path / "iris")
    damage(tmp_path / "iris" / "test" / f"{name}.npy")
    text = mistake(read_processed, tmp_path / "iris")
    assert text.startswith(f"{tmp_path}/iris/test/{name}.npy: damaged (")
    assert text.endswith("run `dvc repro --force preprocess@iris`")


def test_a_missing_array(tmp_path: Path) -> None:
    write_processed(pictures(), tmp_path / "iris")
    (tmp_path / "iris" / "test" / "rows.npy").unlink()
    text = mistake(read_processed, tmp_path / "iris")
    assert text == f"{tmp_path}/iris/test/rows.npy: not here; run `dvc repro preprocess@iris`"
