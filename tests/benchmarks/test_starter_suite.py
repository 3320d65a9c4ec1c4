"""The suite from nothing is compared with a script for each of its datasets."""

import json
import shutil
import sys
from pathlib import Path

from benchmarks import starter_suite as starting
from benchmarks.side_processes import run
from benchmarks.tutorial_scripts import SCRIPTS
from stages.config.compose import compose


def test_there_is_a_script_for_every_dataset_of_the_starter_suite():
    assert list(starting.NAMES) == list(compose(overrides=["suite=starter"]).params["datasets"])
    assert list(SCRIPTS) == list(starting.NAMES)


def test_a_script_does_what_its_lesson_says():
    """Thirty flowers it has not seen."""
    _, accuracy = json.loads(run("iris", "benchmarks.tutorial_scripts", "iris"))
    assert accuracy > 0.8


def test_the_clones_stages_find_our_packages_without_an_activated_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    found = shutil.which("python3", path=starting.environment(tmp_path)["PATH"])
    assert found is not None
    assert Path(found).parent == Path(sys.executable).parent
