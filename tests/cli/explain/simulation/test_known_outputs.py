"""The guard's outputs are predicted: they are what the guard writes."""

from pathlib import Path

from stages.cli.explain.simulation.known_outputs import known_outputs
from stages.core.paths import MODEL_FILES
from stages.guard.guard_stage import guard as guard_stage
from tests.config.conftest import conf, hydra_files, small_composition
from tests.run_in_process import published

__all__ = ["conf", "hydra_files", "small_composition"]


def test_they_are_the_files_that_the_guard_writes(conf, small_composition) -> None:
    Path("params.yaml").write_text(small_composition.text)
    published(guard_stage)()
    written = {str(file): file.read_bytes() for file in Path("data").rglob("*") if file.is_file()}
    assert known_outputs("guard", small_composition.params) == written


def test_the_files_of_an_own_model(conf, small_composition) -> None:
    MODEL_FILES.mkdir(parents=True, exist_ok=True)
    (MODEL_FILES / "mine.py").write_text("# mine")
    params = small_composition.params
    train = {**params["datasets"]["iris"]["train"], "model": {"kind": "own", "build": "mine.py:build"}}
    datasets = {"iris": {**params["datasets"]["iris"], "train": train}}
    outputs = known_outputs("guard", {**params, "datasets": datasets})
    assert outputs["data/guard/models/iris/mine.py"] == b"# mine"


def test_what_other_stages_write_is_not_known() -> None:
    assert known_outputs("train@iris", {}) == {}
