"""dvc#11058: what is edited while a stage runs must not be recorded with an output made before the edit."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.core.runtime.transaction import stage_transaction

PIPELINE = """\
stages:
  train:
    foreach: ${datasets}
    do:
      cmd: exec python3 -m stages.train ${key}
      deps: ["data/${key}", stages/train]
      params: ["datasets.${key}.train"]
      outs: ["models/${key}"]
      plots: ["history/${key}.csv"]
"""
PARAMS = "suite: tiny\ndatasets:\n  iris: {train: {epochs: 2}, report: {title: a}}\n"
Move = Callable[[], object]


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_STAGE", raising=False)
    for name, text in {
        "dvc.yaml": PIPELINE, "params.yaml": PARAMS, ".dvcignore": "__pycache__\n*.pyc\n", "data/iris/a.npy": "1",
        "data/iris/deep/b.npy": "2", "stages/train/loop/training.py": "3",
        "data/wine/a.npy": "4", "models/iris/old": "5",
    }.items():  # fmt: skip
        file(name).parent.mkdir(parents=True, exist_ok=True)
        file(name).write_text(text)
    monkeypatch.setattr("stages.core.runtime.bootstrap.PROCESS_START", time.time_ns() + 10**9)
    return tmp_path


def file(name: str) -> Path:
    return Path(name)


def run(while_it_runs: Move = lambda: None) -> None:
    with stage_transaction("train@iris") as outputs:
        with outputs.folder(Path("models/iris")) as folder:
            (folder / "weights").write_text("w")
        outputs.write_text(Path("history/iris.csv"), "h")
        while_it_runs()


def outputs() -> list[str]:
    return sorted(str(p) for name in ("models", "history") for p in Path(name).rglob("*") if p.is_file())


def test_what_did_not_move_takes_its_place() -> None:
    run()
    assert outputs() == ["history/iris.csv", "models/iris/weights"]


def same_size_same_time() -> None:
    status = file("data/iris/a.npy").stat()
    file("data/iris/a.npy").write_text("9")
    os.utime("data/iris/a.npy", ns=(status.st_atime_ns, status.st_mtime_ns))


MOVES: dict[str, tuple[Move, str]] = {
    "a file of a folder": (lambda: file("data/iris/deep/b.npy").write_text("x"), "data/iris/deep/b.npy (changed)"),
    "in the same size and time": (same_size_same_time, "data/iris/a.npy (changed)"),
    "a new file": (lambda: file("data/iris/c.npy").write_text("x"), "data/iris/c.npy (new)"),
    "a file less": (lambda: file("data/iris/a.npy").unlink(), "data/iris/a.npy (gone)"),
    "code": (lambda: file("stages/train/loop/training.py").write_text("x"), "stages/train/loop/training.py (changed)"),
    "its parameters": (
        lambda: file("params.yaml").write_text(PARAMS.replace("epochs: 2", "epochs: 3")),
        "params.yaml: datasets.iris.train (changed)",
    ),
    "its parameters, taken out": (
        lambda: file("params.yaml").write_text("datasets: {wine: {}}\n"),
        "params.yaml: datasets.iris.train (changed)",
    ),
}


@pytest.mark.parametrize("what", MOVES)
def test_what_moved_is_named_and_no_output_is_left(what: str) -> None:
    move, named = MOVES[what]
    with pytest.raises(UserError) as caught:
        run(move)
    assert str(caught.value).startswith(f"inputs changed while the stage ran: {named}; its outputs were discarded")
    assert outputs() == ["models/iris/old"]
    assert not list(Path().rglob("*.incomplete"))


STILL: dict[str, Move] = {
    "a file's time": lambda: file("data/iris/a.npy").touch(),
    "a file that is written again as it was": lambda: file("data/iris/a.npy").write_text("1"),
    "another dataset": lambda: file("data/wine/a.npy").write_text("x"),
    "another stage's parameters": lambda: file("params.yaml").write_text(PARAMS.replace("title: a", "title: b")),
    "what DVC passes over": lambda: file("stages/train/__pycache__").mkdir(),
    "its own output": lambda: file("models/iris/old").unlink(),
}


@pytest.mark.parametrize("what", STILL)
def test_what_it_does_not_depend_on_may_move(what: str) -> None:
    run(STILL[what])
    assert outputs() == ["history/iris.csv", "models/iris/weights"]


def test_code_that_changed_while_it_was_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stages.core.runtime.bootstrap.PROCESS_START", time.time_ns() - 10**10)
    with pytest.raises(UserError, match=r"stages/train/loop/training\.py \(changed\)"):
        run()


def test_files_whose_looks_stayed_the_same_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stages.core.runtime.unchanged_inputs.TOO_FRESH", -1)
    read: list[Path] = []
    opened = Path.open
    monkeypatch.setattr(Path, "open", lambda self, *a, **k: (read.append(self), opened(self, *a, **k))[1])
    run()
    assert sorted(str(p) for p in read if p.parts[0] == "data") == ["data/iris/a.npy", "data/iris/deep/b.npy"]


def test_a_failure_leaves_neither_outputs_nor_drafts() -> None:
    with pytest.raises(ZeroDivisionError):
        run(lambda: 1 / 0)
    assert outputs() == ["models/iris/old"]


def test_dvc_says_which_stage_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVC_STAGE", "train@wine")
    run(lambda: file("data/iris/a.npy").write_text("x"))
    with pytest.raises(UserError, match=r"data/wine/a\.npy"):
        run(lambda: file("data/wine/a.npy").write_text("x"))


def test_where_there_is_no_pipeline_nothing_is_sealed() -> None:
    file("dvc.yaml").unlink()
    run(lambda: file("data/iris/a.npy").write_text("x"))
    assert outputs() == ["history/iris.csv", "models/iris/weights"]
    assert not Path(".dvc").exists()
