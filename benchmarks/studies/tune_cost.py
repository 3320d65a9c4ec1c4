"""python -m benchmarks.studies.tune_cost KEY [TRIALS [ROUNDS]]

Measures `restage tune` with one worker against whole trainings of the parameters that it tried, in one process, and
against a process for each training, as DVC starts them. Run it in a clone in which `restage run KEY` has ended.
"""

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from stages.cli.tune.study_folder import JOURNAL, last_study_folder
from stages.core.run_stage.stage import report_user_errors

TRIALS = 20
ROUNDS = 3
# A study of its own, which is not one of the user's. All rounds have the same trials.
SEED = 1_000_000
# A process for each training takes long: of so many, the mean is taken.
PROCESSES = 2
TUNE = "restage tune"
ONE_PROCESS = "whole trainings in one process"
OWN_PROCESSES = "a process for each training"


@dataclass(frozen=True)
class Cost:
    processor: float
    elapsed: float


def main(key: str, trials: int = TRIALS, rounds: int = ROUNDS) -> None:
    turns = []
    for number in range(rounds):
        turns.append(measure_turn(key, trials))
        print(f"round {number + 1}: {turns[-1]}; load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
    print(*report_lines(trials, turns), sep="\n")


def measure_turn(key: str, trials: int) -> dict[str, Cost]:
    """Each side once. The study is removed at the end, so that the next turn trains it anew."""
    command = [sys.executable, "-m", "stages.cli", "tune", key, "--trials", str(trials), "-j1", "--seed", str(SEED)]
    with TemporaryDirectory() as pages:
        costs = {TUNE: cost_of([*command, "--html", Path(pages) / "study.html"])}
    folder = last_study_folder(key)
    assert folder is not None
    try:
        journal = folder / JOURNAL
        costs[ONE_PROCESS] = cost_of([sys.executable, "-m", "benchmarks.studies.trainings_of_trials", key, journal])
    finally:
        shutil.rmtree(folder)
    processes = [cost_of([sys.executable, "-m", "stages.train", key]) for _ in range(PROCESSES)]
    scale = trials / PROCESSES
    costs[OWN_PROCESSES] = Cost(
        scale * sum(each.processor for each in processes), scale * sum(each.elapsed for each in processes)
    )
    return costs


def cost_of(command: Sequence[str | Path]) -> Cost:
    """Processor seconds with those of the processes that the command started, and elapsed seconds."""
    before, started = _processor_seconds(), time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return Cost(_processor_seconds() - before, time.monotonic() - started)


def _processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def report_lines(trials: int, turns: Sequence[dict[str, Cost]]) -> list[str]:
    """A row for each side: medians, and the ratios of the medians to those of whole trainings in one process.

    >>> print(*report_lines(2, [{TUNE: Cost(6, 9), ONE_PROCESS: Cost(5, 6)}]), sep="\\n")
    | 2 trials | processor s | ratio | elapsed s | ratio |
    | --- | --- | --- | --- | --- |
    | restage tune | 6.0 | 1.20 | 9.0 | 1.50 |
    | whole trainings in one process | 5.0 | 1.00 | 6.0 | 1.00 |
    """
    medians = {
        side: Cost(median(turn[side].processor for turn in turns), median(turn[side].elapsed for turn in turns))
        for side in turns[0]
    }
    base = medians[ONE_PROCESS]
    rows = [
        f"| {side} | {cost.processor:.1f} | {cost.processor / base.processor:.2f} "
        f"| {cost.elapsed:.1f} | {cost.elapsed / base.elapsed:.2f} |"
        for side, cost in medians.items()
    ]
    return [f"| {trials} trials | processor s | ratio | elapsed s | ratio |", f"|{' --- |' * 5}", *rows]


if __name__ == "__main__":
    with report_user_errors("benchmarks.studies.tune_cost", debug=False):
        main(sys.argv[1], *[int(number) for number in sys.argv[2:4]])
