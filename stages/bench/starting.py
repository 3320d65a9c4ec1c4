"""python3 -m stages.bench.starting [ROUNDS]

The starter suite from nothing: `restage run` in a fresh clone against the nine tutorials' scripts, one after another.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from stages.bench.figures import ratio
from stages.bench.processes import HOME

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
        _run([sys.executable, "-m", "stages.bench.scripts", name], HOME)
    return perf_counter() - began


def suite() -> float:
    """What git holds, and nothing of what was computed before."""
    with TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        _run(["git", "clone", "--quiet", str(HOME), str(clone)], HOME)
        began = perf_counter()
        _run([sys.executable, "-m", "stages.cli", "run"], clone)
        return perf_counter() - began


def _run(command: Sequence[str], folder: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(folder), "TF_CPP_MIN_LOG_LEVEL": "3"}
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)


def _seconds(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.0f} s" for value in values)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS)
