import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from stages.core.artefacts.processed import ProcessedData, read_processed, write_processed
from stages.core.artefacts.row_numbers import as_array
from stages.core.bounded_memory import map_blocks
from stages.core.bounded_memory.scratch_arrays import scratch_folder
from stages.core.columns import number_columns
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.errors import UserError
from stages.download.params.file_params import File
from stages.preprocess import count_samples_seen_in_training
from stages.preprocess.large_table.blocks.row_splits import SPLITS
from stages.preprocess.large_table.blocks.table_block import blocks_of_table
from stages.preprocess.large_table.preprocess_large_table import preprocess_large_table
from stages.preprocess.large_table.split_large_table import split_large_table
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from tests.preprocess.large_table.example_table import (
    EVERY_KIND,
    NUMBERS,
    ROWS,
    example_frame,
    one_block,
    stored_table,
    written_files,
)

IN_ORDER = {"test": 0.2, "validation": 0.15, "order": "chronological"}
BY_HASH = {"test": 0.2, "validation": 0.15, "order": "hash", "key": ["city", "count"]}
BY_TIME = {"test": 0.2, "validation": 0.15, "order": "chronological", "by": "day"}
SCALERS: dict[str, list[dict[str, Any]]] = {
    "standard": [{"step": "standard"}],
    "minmax": [{"step": "minmax"}],
    "maxabs": [{"step": "maxabs"}],
    "robust": [{"step": "robust"}],
    "maximum": [{"step": "divide", "by": 3.0}, {"step": "maximum"}],
    "several": [{"step": "standard"}, {"step": "l2"}, {"step": "minmax", "columns": ["width", "age"]}],
    "outliers": [{"step": "minmax"}, {"step": "drop_outliers", "above": 2.5}, {"step": "standard"}],
    "none": [],
}


def validated(**params: Any) -> Preprocess:
    return Preprocess.model_validate(params)


@pytest.mark.parametrize("steps", SCALERS.values(), ids=SCALERS)
@pytest.mark.parametrize("split", [IN_ORDER, BY_HASH, BY_TIME], ids=["in order", "by hash", "by time"])
def test_one_block_has_the_bytes_of_a_table_in_memory(
    steps: list[dict[str, Any]], split: dict[str, Any], tmp_path: Path
) -> None:
    in_memory, stored = one_block(tmp_path / "raw", {"all": example_frame()})
    params = validated(**EVERY_KIND, split=split, steps=steps)
    write_processed(preprocess(in_memory, params), tmp_path / "expected")
    preprocess_large_table(stored, params, tmp_path / "found")
    assert written_files(tmp_path / "found") == written_files(tmp_path / "expected")
    assert not list(tmp_path.glob("scratch-*"))


def large(tmp_path: Path, frame: pd.DataFrame | None = None, **params: Any) -> ProcessedData:
    table = stored_table(tmp_path / "raw", {"all": example_frame() if frame is None else frame})
    preprocess_large_table(table, validated(**params), tmp_path / "found")
    return read_processed(tmp_path / "found")


READ_AT_ONCE = {
    "shuffled": "outliers",
    "stratified": "robust",
    "chronological": "several",
    "test_first": "standard",
    "hash": "minmax",
}


@pytest.mark.parametrize(("order", "steps"), READ_AT_ONCE.items())
def test_the_bytes_do_not_depend_on_how_many_rows_are_read_at_once(
    order: str, steps: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = stored_table(tmp_path / "raw", {"all": example_frame()})
    keyed = {"key": ["city", "count"]} if order == "hash" else {}
    split = {"test": 0.2, "validation": 0.15, "order": order} | keyed
    params = validated(**EVERY_KIND, split=split, steps=SCALERS[steps])
    found = []
    for number, (threads, rows) in enumerate([(1, 65_536), (2, 7), (5, 1000)]):
        monkeypatch.setattr(map_blocks, "THREADS", threads)
        monkeypatch.setattr(number_columns, "BLOCK_ROWS", rows)
        monkeypatch.setattr(count_samples_seen_in_training, "CHUNK_ROWS", rows)
        preprocess_large_table(table, params, tmp_path / f"found {number}")
        found.append(written_files(tmp_path / f"found {number}"))
    assert found[1] == found[0]
    assert found[2] == found[0]


NUMBERS_ONLY: dict[str, Any] = {"inputs": NUMBERS, "targets": ["target", "second"], "split": IN_ORDER}


@pytest.mark.parametrize(
    ("name", "scaler"),
    {
        "standard": StandardScaler(),
        "minmax": MinMaxScaler(),
        "maxabs": MaxAbsScaler(),
        "robust": RobustScaler(),
    }.items(),
)
def test_scalers_are_those_of_the_whole_columns(name: str, scaler: Any, tmp_path: Path) -> None:
    data = large(tmp_path, steps=[{"step": name}], target_steps=[{"step": name}], **NUMBERS_ONLY)
    training = example_frame().iloc[: data.sample_count("train")]
    tolerance = 1e-12 if name == "standard" else 0
    for spec in (data.fitted.inputs["x"], data.fitted.targets["y"]):
        scaler.fit(training[spec.columns].to_numpy(np.float64))
        center = {"standard": "mean_", "minmax": "data_min_", "robust": "center_"}.get(name)
        expected = np.zeros(len(spec.columns)) if center is None else getattr(scaler, center)
        scale = 1 / scaler.scale_ if name == "minmax" else scaler.scale_
        [step] = spec.steps
        np.testing.assert_allclose(step.offset, expected, rtol=tolerance)  # type: ignore[union-attr]
        np.testing.assert_allclose(step.scale, scale, rtol=tolerance)  # type: ignore[union-attr]


def test_gaps_are_filled_as_in_one_block(tmp_path: Path) -> None:
    """All that is counted is the same; the mean of exact sums may differ in the last bit."""
    params = {**EVERY_KIND, "split": IN_ORDER}
    in_memory, _ = one_block(tmp_path / "whole", {"all": example_frame()})
    expected, found = preprocess(in_memory, validated(**params)).fitted, large(tmp_path, **params).fitted
    left, right = (fitted.inputs["features"].column for fitted in (expected, found))
    assert isinstance(left, FeatureMatrix)
    assert isinstance(right, FeatureMatrix)
    mean = [feature.column for feature in left.features].index("age")
    assert right.features[mean].fill == pytest.approx(left.features[mean].fill, rel=1e-15)
    without_mean = {"inputs": {"features": {"column": {"features": {mean}}}}}
    assert found.model_dump(exclude=without_mean) == expected.model_dump(exclude=without_mean)


def test_shuffled_rows_have_the_asked_sizes(tmp_path: Path) -> None:
    data = large(tmp_path, inputs=NUMBERS, targets="target", split={"test": 0.2, "validation": 137})
    assert data.fitted.splits == {"train": ROWS - 207 - 137, "validation": 137, "test": 207}
    rows = [as_array(data.splits[name].rows) for name in data.fitted.splits]
    assert sorted(np.concatenate(rows)) == [*range(ROWS)]
    assert all((np.diff(part) > 0).all() for part in rows)
    # No share of a block is fixed.
    assert len(set(np.bincount(rows[2] // 100, minlength=11)[:10].tolist())) > 2


def test_each_row_is_drawn_as_often_as_any_other(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": np.arange(250.0), "target": np.arange(250.0)})
    table = stored_table(tmp_path / "raw", {"all": frame}, 60)
    drawn = np.zeros(250)
    with scratch_folder(tmp_path) as scratch:
        for seed in range(60):
            params = validated(targets="target", split={"test": 0.4, "seed": seed})
            splits = split_large_table(table, blocks_of_table(table), params, {}, scratch)
            drawn += splits.array.open() == SPLITS.index("test")
    # 60 draws of probability 0.4: 24 with deviation 3.8.
    assert 10 <= drawn.min() < drawn.mean() == 24 < drawn.max() <= 40


def test_stratified_rows_have_the_sizes_and_the_share_of_each_class(tmp_path: Path) -> None:
    data = large(
        tmp_path,
        inputs=NUMBERS,
        targets="label",
        labels="integer",
        split={"test": 0.2, "validation": 0.1, "order": "stratified"},
    )
    assert data.fitted.splits == {"train": 726, "validation": 104, "test": 207}
    whole = (example_frame()["label"] == "yes").mean()
    for name, size in data.fitted.splits.items():
        assert abs(data.splits[name].targets["label"].sum() - whole * size) <= 1, name


@pytest.mark.parametrize(
    ("split", "message"),
    [
        (
            {"test": 0.2, "order": "chronological", "by": "member"},
            "preprocess.split.by: column member is true or false",
        ),
        ({"test": 2000}, "preprocess.split: 2000 test and 0 validation of 1037 rows leaves no rows to train on"),
        ({"test": "given"}, "preprocess.split.test: given, but the data has only all; use a fraction"),
    ],
)
def test_splits_that_cannot_be_made(split: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        large(tmp_path, inputs=NUMBERS, targets="target", split=split)


def test_the_rows_of_a_block_that_a_message_suggests_are_accepted(tmp_path: Path) -> None:
    frame, params = example_frame(), {"split": {"test": "given", "validation": 0.2, "order": "hash", "key": "width"}}
    frames = {"train": frame[:800].reset_index(drop=True), "test": frame[800:].reset_index(drop=True)}
    validated_params = validated(inputs=NUMBERS[1:], targets="target", **params)
    with pytest.raises(UserError) as raised:
        preprocess_large_table(stored_table(tmp_path / "raw", frames), validated_params, tmp_path / "found")
    found = re.search(r"set download\.block_rows: (\d+) if", str(raised.value))
    assert found
    files = {"all": {"path": "data/all.csv", "sha256": "0" * 64}}
    options = File.model_validate(
        {"source": "file", "format": {"format": "csv"}, "files": files, "block_rows": int(found[1])}
    )
    assert options.block_rows is not None
    table = stored_table(tmp_path / "one", frames, options.block_rows)
    assert not table.is_large
    preprocess(table, validated_params)


def test_a_wrong_value_is_reported_with_its_block(tmp_path: Path) -> None:
    frame = example_frame()
    frame.loc[[205, 207], "width"] = np.nan
    with pytest.raises(
        UserError,
        match=r"rows 200 to 299 \(row 0 in this message is row 200\): column width: missing .* in 2 of 100 rows: 5, 7",
    ):
        large(tmp_path, frame, **NUMBERS_ONLY)


def test_wrong_values_of_all_blocks_are_reported_together(tmp_path: Path) -> None:
    frame = example_frame()
    frame.loc[[205, 207, 300], "width"] = np.nan
    frame.loc[410, "height"] = np.inf
    with pytest.raises(UserError) as raised:
        large(tmp_path, frame, **NUMBERS_ONLY)
    width, height = raised.value.messages
    assert width.startswith(
        "rows 200 to 299 (row 0 in this message is row 200): column width: missing or infinite in 2 of 100 rows: 5, 7;"
    )
    assert width.endswith("; also wrong in rows 300 to 399")
    assert height.startswith(
        "rows 400 to 499 (row 0 in this message is row 400): column height: missing or infinite in 1 of 100 rows: 10"
    )


def test_wrong_values_of_all_targets_are_reported_together(tmp_path: Path) -> None:
    frame = example_frame()
    frame.loc[205, "target"] = np.nan
    frame.loc[7, "label"] = None
    targets = {"a": "target", "b": "label"}
    with pytest.raises(UserError) as raised:
        large(tmp_path, frame, inputs=NUMBERS, targets=targets, labels={"b": "integer"}, split=IN_ORDER)
    value, label = raised.value.messages
    assert value.startswith(
        "rows 200 to 299 (row 0 in this message is row 200): column target: missing or infinite in 1 of 100 rows: 5;"
    )
    assert label.startswith("rows 0 to 99 (row 0 in this message is row 0): column label: no label in rows 7;")
