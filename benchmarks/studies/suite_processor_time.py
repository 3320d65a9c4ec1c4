"""python -m benchmarks.studies.suite_processor_time REVISION [ROUNDS]

Compares `restage run` of nine datasets in a fresh clone of this commit with one of an earlier revision, alternately:
elapsed time, and processor time of all processes.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

from benchmarks.results.ratio_statistics import ratio_of_medians
from benchmarks.start_sides import REPOSITORY
from benchmarks.studies.starter_suite_speed import DATASETS, clone_environment
from stages.core.run_stage.stage import report_user_errors

ROUNDS = 3


class Seconds(NamedTuple):
    elapsed: float
    processor: float


def main(revision: str, rounds: int) -> None:
    turns = [(time_suite(revision), time_suite("HEAD")) for _ in range(rounds)]
    for name in Seconds._fields:
        earlier, now = ([getattr(turn[side], name) for turn in turns] for side in (0, 1))
        ratio = ratio_of_medians(now, earlier)
        for side, values in ((revision, earlier), ("HEAD", now)):
            print(f"{name} time, {side}: {', '.join(f'{value:.1f} s' for value in values)}")
        print(f"{name} time: ratio {ratio.median:.2f}, between quartiles {ratio.low:.2f} and {ratio.high:.2f}")


def time_suite(revision: str) -> Seconds:
    """A fresh clone has no results of earlier runs."""
    with TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(clone)], check=True)  # noqa: S607
        subprocess.run(["git", "checkout", "--quiet", "--detach", revision_hash(revision)], cwd=clone, check=True)  # noqa: S607
        command = [sys.executable, "-m", "stages.cli", "run", *DATASETS]
        start, processor = perf_counter(), processor_seconds()
        subprocess.run(command, cwd=clone, env=clone_environment(clone), check=True, stdout=subprocess.DEVNULL)
        return Seconds(perf_counter() - start, processor_seconds() - processor)


def revision_hash(revision: str) -> str:
    """A clone has the commits of the repository, but not the names of all its branches."""
    command = ["git", "rev-parse", f"{revision}^{{commit}}"]
    return subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout.strip()


def processor_seconds() -> float:
    """Of the processes that this one has waited for, and of those that they have waited for."""
    times = os.times()
    return times.children_user + times.children_system


if __name__ == "__main__":
    with report_user_errors("benchmarks.studies.suite_processor_time", debug=False):
        main(sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else ROUNDS)
