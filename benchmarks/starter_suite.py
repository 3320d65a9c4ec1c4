"""python3 -m benchmarks.starter_suite [ROUNDS]

The starter suite from nothing: `restage run` in a fresh clone against the nine tutorials' scripts, one after another.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.ratio_statistics import ratio
from benchmarks.side_processes import HOME, run

ROUNDS = 3
NAMES = ("iris", "breast_cancer", "wine", "diabetes", "digits", "line", "line_exact", "sequence", "google_stock")


def main(rounds: int) -> None:
    turns = [(scripts(), suite()) for _ in range(rounds)]
    tutorials, ours = ([turn[side] for turn in turns] for side in (0, 1))
    found = ratio(tutorials, ours)
    print(f"scripts {_seconds(tutorials)}; restage run {_seconds(ours)}")
    print(f"{found.middle:.2f} times as fast, between quartiles {found.low:.2f} and {found.high:.2f}")


def scripts() -> float:
    began = perf_counter()
    for name in NAMES:
        run(name, "benchmarks.tutorial_scripts", name)
    return perf_counter() - began


def suite() -> float:
    """What git holds, and nothing of what was computed before."""
    with TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(HOME), str(clone)], check=True)  # noqa: S607
        command = [sys.executable, "-m", "stages.cli", "run"]
        began = perf_counter()
        subprocess.run(command, cwd=clone, env=environment(clone), check=True, stdout=subprocess.DEVNULL)
        return perf_counter() - began


def environment(clone: Path) -> dict[str, str]:
    """The clone has no packages of its own: its stages' `python3` is this one."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return os.environ | {"PYTHONPATH": str(clone), "PATH": path}


def _seconds(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.0f} s" for value in values)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS)
