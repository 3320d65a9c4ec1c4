"""An output must not be recorded with inputs that were edited after it was made (dvc#11058)."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stages.core.errors import UserError
from stages.core.run_stage.stage import stage_transaction

PIPELINE = """\
stages:
  train:
    foreach: ${datasets}
    do:
      cmd: exec python3 -m stages.train ${key}
      deps: ["data/${key}", stages/train]
      params: ["params/${key}.json": [train]]
      outs: ["models/${key}"]
      plots: ["history/${key}.csv"]
"""
PARAMS = '{"train": {"epochs": 2}, "report": {"title": "a"}}'
FILES = {
    "dvc.yaml": PIPELINE,
    ".dvcignore": "# A comment with the word old.\n__pycache__\n*.pyc\n\n/data/iris/ignored\n",
    "params/iris.json": PARAMS,
    "params/wine.json": PARAMS,
    "data/iris/a.npy": "1",
    "data/iris/deep/b.npy": "2",
    "data/iris/ignored/c.npy": "6",
    "data/wine/a.npy": "4",
    "models/iris/old": "5",
    "stages/train/loop/training_loop.py": "3",
}
Edit = Callable[[], object]


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_STAGE", raising=False)
    monkeypatch.setattr("stages.core.runtime.bootstrap.PROCESS_START", time.time_ns() + 10**9)
    for name, text in FILES.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)


def write(name: str, text: str) -> Edit:
    return lambda: Path(name).write_text(text)


def run(edit: Edit = lambda: None) -> None:
    """Run a stage that writes two outputs. `edit` is called before it ends."""
    with stage_transaction("train@iris") as outputs:
        with outputs.folder(Path("models/iris")) as folder:
            (folder / "weights").write_text("w")
        outputs.write_text(Path("history/iris.csv"), "h")
        edit()


def output_files() -> list[str]:
    return sorted(str(p) for name in ("models", "history") for p in Path(name).rglob("*") if p.is_file())


def change_content_only() -> None:
    """Same size and modification time."""
    file = Path("data/iris/a.npy")
    status = file.stat()
    file.write_text("9")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


EDITS: dict[str, tuple[Edit, str]] = {
    "a file in a folder": (write("data/iris/deep/b.npy", "x"), "data/iris/deep/b.npy (changed)"),
    "same size and time": (change_content_only, "data/iris/a.npy (changed)"),
    "a new file": (write("data/iris/c.npy", "x"), "data/iris/c.npy (new)"),
    "a removed file": (Path("data/iris/a.npy").unlink, "data/iris/a.npy (gone)"),
    "code": (write("stages/train/loop/training_loop.py", "x"), "stages/train/loop/training_loop.py (changed)"),
    "its parameters": (write("params/iris.json", PARAMS.replace("2", "3")), "params/iris.json: train (changed)"),
    "its parameters removed": (write("params/iris.json", "{}"), "params/iris.json: train (changed)"),
    "its parameter file removed": (Path("params/iris.json").unlink, "params/iris.json: train (changed)"),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_changed_input_is_named_and_no_output_is_published(name: str) -> None:
    edit, change = EDITS[name]
    with pytest.raises(UserError) as caught:
        run(edit)
    assert str(caught.value).startswith(f"inputs changed while the stage ran: {change}; its outputs were discarded")
    assert output_files() == ["models/iris/old"]
    assert not list(Path().rglob("*.incomplete"))


HARMLESS_EDITS: dict[str, Edit] = {
    "none": lambda: None,
    "a file's time": Path("data/iris/a.npy").touch,
    "the same content written again": write("data/iris/a.npy", "1"),
    "another dataset": write("data/wine/a.npy", "x"),
    "another stage's parameters": write("params/iris.json", PARAMS.replace('"a"', '"b"')),
    "another dataset's parameters": write("params/wine.json", "{}"),
    "files that DVC ignores": Path("stages/train/__pycache__").mkdir,
    "a folder that DVC ignores by its path": write("data/iris/ignored/c.npy", "x"),
    "its own output": Path("models/iris/old").unlink,
}


@pytest.mark.parametrize("name", HARMLESS_EDITS)
def test_edits_that_do_not_concern_the_stage(name: str) -> None:
    run(HARMLESS_EDITS[name])
    assert output_files() == ["history/iris.csv", "models/iris/weights"]


def test_parameters_in_params_yaml_are_compared_too() -> None:
    Path("dvc.yaml").write_text(PIPELINE.replace('"params/${key}.json": [train]', '"datasets.${key}"'))
    Path("params.yaml").write_text("datasets: {iris: {epochs: 2}, wine: {}}")
    run(write("params.yaml", "datasets: {iris: {epochs: 2}}"))
    with pytest.raises(UserError, match=r"params\.yaml: datasets\.iris \(changed\)"):
        run(write("params.yaml", "datasets: {iris: {epochs: 3}}"))


def test_a_damaged_parameter_file() -> None:
    Path("params/iris.json").write_text("{")
    with pytest.raises(UserError, match=r"params/iris\.json: damaged .*run `dvc repro --force guard`"):
        run()


def test_code_that_changed_while_it_was_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stages.core.runtime.bootstrap.PROCESS_START", time.time_ns() - 10**10)
    with pytest.raises(UserError, match=r"stages/train/loop/training_loop\.py \(changed\)"):
        run()


def test_code_whose_time_of_modification_is_in_the_future() -> None:
    os.utime("stages/train/loop/training_loop.py", (time.time() + 3600,) * 2)
    run()


def test_files_with_unchanged_metadata_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stages.core.run_stage.unchanged_inputs.RECENT", -1)
    read: list[Path] = []
    path_open = Path.open

    def record_and_open(path: Path, *args: Any, **settings: Any) -> Any:
        read.append(path)
        return path_open(path, *args, **settings)

    monkeypatch.setattr(Path, "open", record_and_open)
    run()
    assert sorted(str(p) for p in read if p.parts[0] == "data") == ["data/iris/a.npy", "data/iris/deep/b.npy"]


def test_a_failed_stage_publishes_nothing() -> None:
    with pytest.raises(ZeroDivisionError):
        run(lambda: 1 / 0)
    assert output_files() == ["models/iris/old"]


def test_dvc_names_the_stage_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVC_STAGE", "train@wine")
    run(write("data/iris/a.npy", "x"))
    with pytest.raises(UserError, match=r"data/wine/a\.npy"):
        run(write("data/wine/a.npy", "x"))


def test_without_a_pipeline_file_nothing_is_compared() -> None:
    Path("dvc.yaml").unlink()
    run(write("data/iris/a.npy", "x"))
    assert output_files() == ["history/iris.csv", "models/iris/weights"]
    assert not Path(".dvc").exists()
