"""A series of several blocks has the bytes of one in memory."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.processed import read_processed, write_processed
from stages.core.errors import UserError
from stages.preprocess.large_table.preprocess_large_table import preprocess_large_table
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from tests.preprocess.large_table.example_table import stored_table, written_files

ROWS = 431


def series() -> pd.DataFrame:
    random = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "time": pd.date_range("2024-01-01", periods=ROWS, freq="h"),
            "price": np.exp(random.normal(0, 0.1, ROWS).cumsum()),
            "volume": pd.Series(random.exponential(size=ROWS)).where(random.random(ROWS) > 0.1),
            "market": random.choice(["open", "closed", "auction"], ROWS),
            # More rows than a block without a value.
            "state": pd.Series(random.choice(["a", "b"], ROWS)).where(
                (np.arange(ROWS) % 130 < 5) | (np.arange(ROWS) > 400)
            ),
            "level": np.where((random.random(ROWS) > 0.5) | (np.arange(ROWS) == 0), random.integers(1, 9, ROWS), -1),
            "seen": pd.Series(pd.date_range("2023-01-01", periods=ROWS, freq="D")).where(np.arange(ROWS) % 90 == 0),
            "up": np.where(random.random(ROWS) < 0.4, "yes", "no"),
            "weight": random.integers(1, 3, ROWS).astype(float),
        }
    )


BASE: dict[str, Any] = {
    "inputs": ["price", "volume", "market"],
    "columns": {"volume": {"kind": "number", "missing": "median", "missing_indicator": True}, "weight": "weight"},
    "targets": {"price": "price", "up": "up"},
    "labels": {"up": "integer"},
    "steps": [{"step": "log", "columns": ["price"]}, {"step": "minmax"}],
    "target_steps": [{"step": "log"}, {"step": "robust"}],
}
CASES: dict[str, dict[str, Any]] = {
    "chronological": {
        "split": {"test": 60, "validation": 0.2, "order": "chronological"},
        "window": {"length": 7, "stride": 2, "horizon": 3},
    },
    "test first": {
        "split": {"test": 0.2, "validation": 50, "order": "test_first"},
        "window": {"length": 7, "horizon": 2},
    },
    "an input that stores the target": {
        "split": {"test": 60, "order": "chronological"},
        "window": {"length": 100, "horizon": 3, "steps": "all"},
        "inputs": ["price"],
        "targets": "price",
        "labels": None,
        "steps": [{"step": "maxabs"}],
        "target_steps": [{"step": "maxabs"}],
    },
    "gaps filled with the values before": {
        "split": {"test": 0.2, "validation": 50, "order": "chronological"},
        "window": {"length": 7, "horizon": 2},
        "inputs": ["price", "state", "level", "seen", "volume"],
        "columns": {
            "state": {"kind": "category", "missing": "forward"},
            "level": {"kind": "number", "missing": "forward", "missing_values": [-1]},
            "seen": {"kind": "date", "missing": "forward"},
            "volume": {"kind": "number", "missing": "median"},
        },
    },
    "indicators of gaps that were filled": {
        "split": {"test": 0.2, "validation": 50, "order": "chronological"},
        "window": {"length": 7, "horizon": 2},
        "inputs": ["price", "state", "level"],
        "columns": {
            "state": {"kind": "category", "missing": "forward", "missing_indicator": True},
            "level": {"kind": "number", "missing": "forward", "missing_values": [-1], "missing_indicator": True},
        },
        "steps": [{"step": "l2"}, {"step": "minmax"}],
    },
    "no window": {"split": {"test": 0.2, "order": "chronological"}, "inputs": ["volume", "market"], "steps": []},
}


def validated(**params: Any) -> Preprocess:
    return Preprocess.model_validate(BASE | params)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_bytes_are_those_of_a_series_in_memory(case: dict[str, Any], tmp_path: Path) -> None:
    params = validated(**case)
    whole = stored_table(tmp_path / "whole", {"all": series()}, ROWS, kind="series", time="time")
    write_processed(preprocess(whole, params), tmp_path / "expected")
    for block_rows in (50, 83, 300):
        table = stored_table(tmp_path / f"raw {block_rows}", {"all": series()}, block_rows, kind="series", time="time")
        preprocess_large_table(table, params, tmp_path / f"found {block_rows}")
        assert written_files(tmp_path / f"found {block_rows}") == written_files(tmp_path / "expected"), block_rows


@pytest.mark.parametrize("lags", [[], [{"step": "lags", "rows": [3, 70]}]], ids=["no steps before", "lags"])
def test_a_given_test_split_is_a_series_of_its_own(lags: list[dict[str, Any]], tmp_path: Path) -> None:
    frames = {"train": series(), "test": series().iloc[:120]}
    params = validated(
        split={"test": "given", "validation": 90, "order": "chronological"},
        window={"length": 5, "horizon": 1},
        steps=[*lags, {"step": "minmax"}],
    )
    found = []
    for block_rows in (ROWS, 64):
        table = stored_table(tmp_path / f"raw {block_rows}", frames, block_rows, kind="series", time="time")
        if table.is_large:
            preprocess_large_table(table, params, tmp_path / "found")
        else:
            write_processed(preprocess(table, params), tmp_path / "expected")
        found.append(table.is_large)
    assert found == [False, True]
    assert written_files(tmp_path / "found") == written_files(tmp_path / "expected")
    assert read_processed(tmp_path / "found").splits["test"].rows == range(ROWS + 70 * len(lags), ROWS + 120)


def test_windows_that_do_not_fit_are_reported(tmp_path: Path) -> None:
    table = stored_table(tmp_path / "raw", {"all": series()}, 100, kind="series", time="time")
    params = validated(split={"test": 60, "order": "chronological"}, window={"length": 400, "horizon": 1})
    with pytest.raises(UserError, match=r"length 400 and horizon 1 need 401 rows, but the train split has 371"):
        preprocess_large_table(table, params, tmp_path / "found")
