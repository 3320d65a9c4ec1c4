"""Blocks on the workers of Dask."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.dask_workers import fitting_workers
from stages.core.dask_workers.stage_workers import STAGE_WORKERS, use_stage_workers
from stages.core.errors import UserError
from stages.preprocess.large_table.preprocess_large_table import preprocess_large_table
from stages.preprocess.params import Preprocess
from tests.preprocess.large_table.example_table import EVERY_KIND, example_frame, stored_table, written_files
from tests.preprocess.large_table.test_large_series import BASE, CASES, series


@pytest.fixture(autouse=True)
def new_connections() -> Iterator[None]:
    yield
    fitting_workers.connected_workers.cache_clear()


def test_dask_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STAGE_WORKERS, "tcp://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UserError, match=r"Dask is not installed; run `pip install 'restage\[dask\]'`"):
        list(map_blocks(str, [1]))


def test_the_setting_of_a_clone_is_used_unless_the_variable_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STAGE_WORKERS, "")
    monkeypatch.delenv(STAGE_WORKERS)
    use_stage_workers(None)
    assert STAGE_WORKERS not in os.environ
    use_stage_workers("tcp://a:1")
    use_stage_workers("tcp://b:1")
    assert os.environ[STAGE_WORKERS] == "tcp://a:1"


@pytest.mark.long
def test_a_scheduler_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting_workers, "SECONDS_TO_CONNECT", 1)
    monkeypatch.setenv(STAGE_WORKERS, "tcp://127.0.0.1:1")
    with pytest.raises(UserError, match=r"no scheduler of Dask answers at 'tcp://127.0.0.1:1'"):
        list(map_blocks(str, [1]))


@pytest.mark.long
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_the_bytes_are_those_of_one_process(workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import LocalCluster

    table = stored_table(tmp_path / "raw", {"all": example_frame()})
    steps = [{"step": "robust"}, {"step": "drop_outliers", "above": 4.0}, {"step": "standard"}]
    split = {"test": 0.2, "validation": 0.15, "order": "stratified"}
    params = Preprocess.model_validate({**EVERY_KIND, "split": split, "steps": steps})
    preprocess_large_table(table, params, tmp_path / "expected")
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address=None, local_directory=str(tmp_path / "dask")
    ) as cluster:
        monkeypatch.setenv(STAGE_WORKERS, cluster.scheduler_address)
        preprocess_large_table(table, params, tmp_path / "found")
        steps_of_series = {"steps": [{"step": "lags", "rows": [1, 70], "columns": ["price"]}, {"step": "robust"}]}
        of_series = Preprocess.model_validate(BASE | CASES["gaps filled with the values before"] | steps_of_series)
        rows_in_order = stored_table(tmp_path / "series", {"all": series()}, 50, kind="series", time="time")
        preprocess_large_table(rows_in_order, of_series, tmp_path / "found series")
        wrong = stored_table(
            tmp_path / "wrong", {"all": example_frame().assign(width=float("nan"), height=float("nan"))}
        )
        with pytest.raises(UserError, match=r"rows 0 to 99 \(row 0 in this message is row 0\): column width") as raised:
            preprocess_large_table(wrong, params, tmp_path / "none")
        fitting_workers.connected_workers(cluster.scheduler_address).close()
    assert len(raised.value.messages) == 2
    monkeypatch.delenv(STAGE_WORKERS)
    preprocess_large_table(rows_in_order, of_series, tmp_path / "expected series")
    assert written_files(tmp_path / "found series") == written_files(tmp_path / "expected series")
    assert written_files(tmp_path / "found") == written_files(tmp_path / "expected")
