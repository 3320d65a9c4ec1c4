"""python -m benchmarks.studies.starter_suite_speed [ROUNDS]

Compares `restage run` of datasets of the starter suite in a fresh clone with the scripts of tutorials for them, one
after another.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.results.ratio_statistics import ratio_of_medians
from benchmarks.start_sides import REPOSITORY, run_module
from stages.core.run_stage.stage import report_user_errors

ROUNDS = 3
DATASETS = (
    "iris",
    "breast_cancer",
    "wine",
    "diabetes",
    "digits",
    "line",
    "line_rmsprop",
    "line_exact",
    "sequence",
    "google_stock",
)


def main(rounds: int) -> None:
    turns = [(time_scripts(), time_suite()) for _ in range(rounds)]
    scripts, suite = ([turn[side] for turn in turns] for side in (0, 1))
    speedup = ratio_of_medians(scripts, suite)
    print(f"scripts {_format_seconds(scripts)}; restage run {_format_seconds(suite)}")
    print(f"{speedup.median:.2f} times as fast, between quartiles {speedup.low:.2f} and {speedup.high:.2f}")


def time_scripts() -> float:
    start = perf_counter()
    for name in DATASETS:
        run_module(name, "benchmarks.studies.tutorial_scripts", name)
    return perf_counter() - start


def time_suite() -> float:
    """A fresh clone has no results of earlier runs."""
    with TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(clone)], check=True)  # noqa: S607
        command = [sys.executable, "-m", "stages.cli", "run", *DATASETS]
        start = perf_counter()
        subprocess.run(command, cwd=clone, env=clone_environment(clone), check=True, stdout=subprocess.DEVNULL)
        return perf_counter() - start


def clone_environment(clone: Path) -> dict[str, str]:
    """The clone has no .venv, so the `python3` of its stages must be this interpreter."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return os.environ | {"PYTHONPATH": str(clone), "PATH": path}


def _format_seconds(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.0f} s" for value in values)


if __name__ == "__main__":
    with report_user_errors("benchmarks.studies.starter_suite_speed", debug=False):
        main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS)
