"""What a stage loads before it has anything to do: TensorFlow costs fifteen seconds, Great Expectations eight."""

import subprocess
import sys

import pytest

HEAVY = {"tensorflow", "keras", "great_expectations", "hydra", "sklearn", "matplotlib", "scipy", "pandas"}
NEEDED = {
    "stages.download.__main__": {"pandas"},
    "stages.validate.__main__": {"pandas"},
    "stages.preprocess.__main__": set(),
    "stages.train.__main__": set(),
    "stages.evaluate.__main__": set(),
    "stages.report.__main__": set(),
    "stages.report.summary": set(),
    "stages.config.__main__": {"hydra"},
    "stages.cli.commands": set(),
}


@pytest.mark.parametrize("entry", NEEDED)
def test_an_entry_loads_only_what_it_needs_to_begin(entry: str) -> None:
    script = f"import sys, {entry}; print(*{HEAVY} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= NEEDED[entry]
