"""A backtest whose folds are trained and evaluated on workers writes the bytes of one process."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core import paths
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import write_raw
from stages.core.dask_workers.stage_workers import STAGE_WORKERS
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_json, write_text
from stages.core.own_model.model_files import PACKAGE_FILE, PACKAGE_TEXT
from stages.core.run_stage.stage_outputs import StageOutputs, published_outputs
from stages.core.runtime.keras import start_keras
from stages.evaluate.__main__ import run as evaluate
from stages.preprocess.__main__ import run as preprocess
from stages.train.__main__ import run as train
from tests.core.dask_workers.workers_of_this_process import use_workers_of_this_process
from tests.evaluate.backtest.test_whole_backtest import FOLDS, KEY, PARAMS, ROWS, sales
from tests.stories.dask_cluster import DaskCluster, dask_cluster, wait_until

start_keras(1)
OWN_MODEL = """\
import keras


def build(inputs, outputs):
    tensors = [each.tensor for each in inputs.values()]
    x = keras.layers.Dense(4)(keras.layers.Flatten()(keras.layers.Concatenate()(tensors)))
    return keras.Model(tensors, [keras.layers.Dense(output.units, name=name)(x) for name, output in outputs.items()])
"""
Stage = Callable[[str, StageOutputs], None]


def run(root: Path, *stages: Stage) -> None:
    with chdir(root):
        for stage in stages:
            with published_outputs() as outputs:
                stage(KEY, outputs)


def prepare(root: Path, train_params: dict[str, Any]) -> None:
    root.mkdir()
    frame = pd.DataFrame({"sales": sales(), "weekday": np.array(["Mon", "Tue", "Wed"])[np.arange(ROWS) % 3]})
    write_raw(Table({"all": frame}, kind="series"), root / paths.raw_data(KEY))
    write_json(root / paths.dataset_params(KEY), {**PARAMS, "train": PARAMS["train"] | train_params})
    write_text(root / paths.model_file_copies(KEY) / PACKAGE_FILE, PACKAGE_TEXT)
    run(root, preprocess)


def outputs_of(root: Path) -> dict[str, bytes]:
    files = [file for part in ("data", "reports") for file in sorted((root / part).rglob("*")) if file.is_file()]
    return {str(file.relative_to(root)): file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("on_workers") / "prepared"
    prepare(root, {})
    return root


@pytest.fixture(scope="module")
def serial(prepared: Path) -> dict[str, bytes]:
    root = prepared.with_name("serial")
    shutil.copytree(prepared, root)
    run(root, train, evaluate)
    return outputs_of(root)


def test_the_bytes_are_those_of_one_process_and_little_is_sent(
    prepared: Path, serial: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    shutil.copytree(prepared, root)
    workers = use_workers_of_this_process(monkeypatch)
    run(root, train, evaluate)
    assert outputs_of(root) == serial
    assert len(workers.called) == 2 * FOLDS
    assert max(size for size, _, _ in workers.called) < 4000
    assert {(threads, process) for _, threads, process in workers.called} == {(1, "")}


@pytest.mark.error_case("backtest")
def test_an_error_on_a_worker_names_the_fold(
    prepared: Path, serial: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    shutil.copytree(prepared.with_name("serial"), root)
    (root / paths.model(KEY) / "folds/2.keras").unlink()
    use_workers_of_this_process(monkeypatch)
    with pytest.raises(UserError, match=r"^fold 2: .*folds/2\.keras"):
        run(root, evaluate)


def test_own_code_has_processes_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from stages.core.own_model.model_files import digest_of_model_files

    assert digest_of_model_files(tmp_path) == ""
    (tmp_path / PACKAGE_FILE).write_text("")
    assert digest_of_model_files(tmp_path) == ""
    (tmp_path / "mine.py").write_text("1")
    first = digest_of_model_files(tmp_path)
    (tmp_path / "mine.py").write_text("2")
    assert "" != first != digest_of_model_files(tmp_path)


def start(stage: str, root: Path, address: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", f"stages.{stage}", KEY], cwd=root, text=True, env={**os.environ, STAGE_WORKERS: address},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def end(process: "subprocess.Popen[str]") -> str:
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    return errors


def calling_processes(root: Path) -> dict[int, int]:
    """Those of workers in the folder, with their parents."""
    found = {}
    for process in Path("/proc").iterdir():
        try:
            if (process / "cwd").readlink() == root and b"call_server" in (process / "cmdline").read_bytes():
                found[int(process.name)] = int((process / "stat").read_text().rpartition(") ")[2].split()[1])
        except OSError:
            continue
    return found


def kill_one(cluster: DaskCluster, root: Path) -> list[int]:
    """Kill a worker that runs a call; returns the processes that it had."""
    numbers = {worker.pid: worker for worker in cluster.workers.values()}
    wait_until(lambda: calling_processes(root))
    _, parent = next(iter(calling_processes(root).items()))
    orphans = [process for process, of in calling_processes(root).items() if of == parent]
    cluster.kill(numbers[parent])
    return orphans


@pytest.mark.long
@pytest.mark.parametrize("case", ["one worker", "two workers", "a killed worker", "a killed process"])
def test_workers_of_dask(case: str, prepared: Path, serial: dict[str, bytes], tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(prepared, root)
    with dask_cluster(tmp_path / "cluster", ["first"] if case == "one worker" else ["first", "second"]) as cluster:
        process = start("train", root, cluster.address)
        if case == "a killed worker":
            orphans = kill_one(cluster, root)
            wait_until(lambda: not {*orphans} & {*calling_processes(root)})
        if case == "a killed process":
            wait_until(lambda: calling_processes(root))
            os.kill(next(iter(calling_processes(root))), signal.SIGKILL)
        assert end(process) == ""
        assert end(start("evaluate", root, cluster.address)) == ""
    assert outputs_of(root) == serial
    assert [*(root / "data/models").iterdir()] == [root / paths.model(KEY)]


@pytest.mark.long
def test_an_own_model(tmp_path: Path) -> None:
    """Layers without a name are named by a counter of the process."""
    root = tmp_path / "root"
    prepare(root, {"model": {"kind": "own", "build": "mine.py:build"}})
    (root / paths.model_file_copies(KEY) / "mine.py").write_text(OWN_MODEL)
    here = tmp_path / "here"
    shutil.copytree(root, here)
    run(here, train, evaluate)
    with dask_cluster(tmp_path / "cluster", ["only"]) as cluster:
        for stage in ("train", "evaluate"):
            assert end(start(stage, root, cluster.address)) == ""
    assert outputs_of(root) == outputs_of(here)
