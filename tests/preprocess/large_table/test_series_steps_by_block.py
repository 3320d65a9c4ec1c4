"""Steps that need earlier rows, and steps on windows: a series of several blocks has the bytes of one in memory."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from stages.core.artefacts.processed import read_processed, write_processed
from stages.core.columns.scaling import LinearScaling
from stages.core.errors import UserError
from stages.preprocess.large_table.blocks import series_rows
from stages.preprocess.large_table.preprocess_large_table import preprocess_large_table
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from stages.preprocess.steps import fit_window_steps
from tests.preprocess.large_table.example_table import stored_table, written_files
from tests.preprocess.large_table.test_large_series import ROWS, series

Random = np.random.Generator
# The first are fewer rows than some steps need before a row.
BLOCK_ROWS = (19, 83, 300)
COLUMNS: dict[str, dict[str, Any]] = {
    "volume": {"kind": "number", "missing": "median", "missing_indicator": True},
    "level": {"kind": "number", "missing": "forward", "missing_values": [-1], "missing_indicator": True},
    "state": {"kind": "category", "missing": "forward", "missing_indicator": True},
    "seen": {"kind": "date", "missing": "forward"},
}


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series_rows, "PIECE_ROWS", 37)
    monkeypatch.setattr(fit_window_steps, "NUMBERS_AT_ONCE", 50)


def row_step(random: Random, numbers: list[str], adds_columns: bool) -> dict[str, Any]:
    names = ["log", "difference", "seasonal_difference", "log_return", "minmax", "robust"]
    step: dict[str, Any] = {"step": str(random.choice([*names, "lags", "rolling"] if adds_columns else names))}
    match step["step"]:
        case "seasonal_difference":
            step["period"] = int(random.integers(2, 12))
        case "lags":
            step["rows"] = sorted(random.choice(range(1, 30), random.integers(1, 4), replace=False).tolist())
        case "rolling":
            step["rows"] = int(random.integers(2, 40))
            step["statistics"] = random.permutation(["mean", "std", "min", "max"])[: random.integers(1, 4)].tolist()
        case "log" | "log_return":
            step["columns"] = ["price"]
    if "columns" not in step and random.random() < 0.4:
        step["columns"] = sorted(random.choice(numbers, random.integers(1, len(numbers) + 1), replace=False).tolist())
    return step


def steps(random: Random, numbers: list[str], adds_columns: bool) -> list[dict[str, Any]]:
    chosen = [row_step(random, numbers, adds_columns) for _ in range(random.integers(0, 4))]
    of_windows = ["relative_to_last", "normalize_window"] * int(random.random() < 0.5)
    chosen += [{"step": name} for name in of_windows if random.random() < 0.6]
    scalers = ["minmax", "maxabs", "robust", *["standard"] * any(step["step"] in of_windows for step in chosen)]
    return chosen + [{"step": str(random.choice(scalers))} for _ in range(random.integers(0, 2))]


def random_settings(random: Random) -> dict[str, Any]:
    inputs = ["price", *random.permutation([*COLUMNS, "market"])[: random.integers(0, 4)].tolist()]
    targets: dict[str, Any] = {"price": "price"} | ({"up": "up"} if random.random() < 0.3 else {})
    numbers = [name for name in inputs if name in ("price", "volume", "level")]
    horizon = int(random.integers(1, 5))
    all_steps = "up" not in targets and random.random() < 0.5
    return {
        "inputs": inputs,
        "columns": {name: COLUMNS[name] for name in inputs if name in COLUMNS}
        | ({"market": {"kind": "category", "encoding": "embedding"}} if random.random() < 0.5 else {})
        | {"weight": "weight"},
        "targets": targets,
        "labels": {"up": "integer"} if "up" in targets else None,
        "split": {
            "test": int(random.integers(60, 90)),
            "validation": int(random.integers(60, 90)) if random.random() < 0.7 else 0,
            "order": str(random.choice(["chronological", "test_first"])),
        },
        "window": {
            "length": int(random.integers(2, 12)),
            "stride": int(random.integers(1, 4)),
            "horizon": horizon,
            "steps": "all" if all_steps else "last",
        },
        "steps": steps(random, numbers, adds_columns=True),
        "target_steps": steps(random, ["price"], adds_columns=False),
    }


def random_params(random: Random) -> Preprocess:
    """Drawn until they are valid: some steps must not follow others."""
    while True:
        try:
            return Preprocess.model_validate(random_settings(random))
        except ValidationError:
            continue


@pytest.mark.parametrize("seed", range(12))
def test_random_settings_give_the_bytes_of_a_series_in_memory(seed: int, tmp_path: Path) -> None:
    check(random_params(np.random.default_rng([3, seed])), tmp_path)


def test_classes_of_rows_that_only_have_later_rows_count(tmp_path: Path) -> None:
    """Lags leave the first training rows out, but not their classes."""
    frame = series().assign(up=np.where((np.arange(ROWS) < 10) | (np.arange(ROWS) > 400), "yes", "no"))
    split, window = {"test": 60, "order": "chronological"}, {"length": 5, "horizon": 1}
    lags = [{"step": "lags", "rows": [25]}]
    columns: dict[str, Any] = {"inputs": ["price"], "targets": "up", "labels": "integer"}
    params = Preprocess.model_validate(columns | {"split": split, "window": window, "steps": lags})
    check(params, tmp_path, frame)
    assert (tmp_path / "expected").exists()


def test_standard_of_added_columns_agrees_to_twelve_digits(tmp_path: Path) -> None:
    settings = random_settings(np.random.default_rng(0)) | {
        "steps": [{"step": "lags", "rows": [2, 30], "columns": ["price"]}, {"step": "standard"}],
        "target_steps": [{"step": "difference"}, {"step": "standard"}],
        "window": {"length": 4, "horizon": 2, "steps": "all"},
        "targets": "price",
        "labels": None,
    }
    params = Preprocess.model_validate(settings)
    expected = preprocess(stored_table(tmp_path / "whole", {"all": series()}, ROWS, kind="series", time="time"), params)
    table = stored_table(tmp_path / "raw", {"all": series()}, 83, kind="series", time="time")
    preprocess_large_table(table, params, tmp_path / "found")
    found = read_processed(tmp_path / "found")
    for left, right in (
        *zip(found.fitted.inputs["x"].steps, expected.fitted.inputs["x"].steps, strict=True),
        *zip(found.fitted.targets["price"].steps, expected.fitted.targets["price"].steps, strict=True),
    ):
        if isinstance(left, LinearScaling):
            assert isinstance(right, LinearScaling)
            np.testing.assert_allclose([left.offset, left.scale], [right.offset, right.scale], rtol=1e-12, atol=1e-15)
        else:
            assert left == right
    np.testing.assert_allclose(found.inputs("test")["x"], expected.inputs("test")["x"], rtol=1e-6, atol=1e-6)


def check(params: Preprocess, folder: Path, frame: pd.DataFrame | None = None) -> None:
    frame = series() if frame is None else frame
    whole = stored_table(folder / "whole", {"all": frame}, ROWS, kind="series", time="time")
    error = ""
    try:
        write_processed(preprocess(whole, params), folder / "expected")
    except UserError as raised:
        error = str(raised)
    for block_rows in BLOCK_ROWS:
        table = stored_table(folder / f"raw {block_rows}", {"all": frame}, block_rows, kind="series", time="time")
        found = folder / f"found {block_rows}"
        if error:
            with pytest.raises(UserError) as by_block:
                preprocess_large_table(table, params, found)
            # The columns are those that are wrong in the first block with such a value.
            assert str(by_block.value).rpartition(": ")[2] == error.rpartition(": ")[2]
        else:
            preprocess_large_table(table, params, found)
            assert written_files(found) == written_files(folder / "expected"), block_rows
