import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.sides.synthetic_data import POINTS_X, POINTS_Y
from benchmarks.studies import tutorial_scripts
from benchmarks.studies.starter_suite_speed import DATASETS, clone_environment
from stages.config.compose_conf import compose


def test_every_dataset_of_the_starter_suite_that_a_tutorial_has_is_a_script() -> None:
    datasets = compose(overrides=["suite=starter"]).params["datasets"]
    assert list(tutorial_scripts.SCRIPTS) == list(DATASETS) == [name for name in datasets if name != "co2"]
    assert datasets["line"]["download"]["splits"]["all"] == {"x": POINTS_X, "y": POINTS_Y}


@pytest.mark.long
def test_script_prints_the_loss_and_accuracy_of_a_good_model() -> None:
    # In a process of its own, as the study runs it: a script draws without a seed, which an earlier test may forbid.
    command = [sys.executable, "-m", "benchmarks.studies.tutorial_scripts", "iris"]
    _, accuracy = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert accuracy > 0.8


def test_stages_of_a_clone_use_this_interpreter_without_an_activated_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    python = shutil.which("python3", path=clone_environment(tmp_path)["PATH"])
    assert python is not None
    assert Path(python).parent == Path(sys.executable).parent
