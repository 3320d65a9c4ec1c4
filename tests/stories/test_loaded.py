"""What a stage has loaded when it is through: no stage pays for a library that it does not use."""

import pytest

from tests.stories.repo import Repo

HEAVY = {"dvc", "great_expectations", "hydra", "keras", "matplotlib", "pandas", "scipy", "sklearn", "tensorflow"}
# Keras loads these when they are installed, unless they are hidden from it.
KERAS = {"keras", "tensorflow"}
USED = {
    "stages.config": {"hydra"},
    "stages.download iris": {"pandas", "scipy", "sklearn"},
    "stages.download line_exact": {"pandas"},
    "stages.validate iris": {"great_expectations", "pandas", "scipy"},
    "stages.preprocess iris": {"pandas", "scipy", "sklearn"},
    "stages.preprocess line_exact": {"pandas", "scipy", "sklearn"},
    "stages.train iris": KERAS,
    "stages.evaluate iris": KERAS,
    "stages.report iris": {"pandas"},
    "stages.report.summary": set(),
}
SCRIPT = """
import atexit, runpy, sys
module, *sys.argv[1:] = sys.argv[1:]
atexit.register(lambda: print("loaded:", *{name.partition(".")[0] for name in sys.modules}))
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize("stage", USED)
def test_a_stage_loads_what_it_uses(stage: str, repo: Repo) -> None:
    said = repo.run("python", "-c", SCRIPT, *stage.split(), PYTHONPATH=str(repo.path)).stdout
    loaded = said.rpartition("loaded:")[2].split()
    assert "stages" in loaded
    assert HEAVY & set(loaded) <= USED[stage]
