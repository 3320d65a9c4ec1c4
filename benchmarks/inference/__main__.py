"""python -m benchmarks.inference [ROUNDS]

Predicts with LiteRT and with a script that calls `keras.models.load_model` and `model.predict`, in alternation: 10,000
pictures in one call, and one picture from the start of the process to its end. The model is dense, 512-512.
"""

import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from benchmarks.results.ratio_statistics import Ratio, ratio_of_medians
from benchmarks.start_sides import run_module, start_process
from stages.core.run_stage.stage import report_user_errors

SIDES = ("keras", "litert")
SIDE_MODULE = "benchmarks.inference.prediction_side"
PICTURES = 10_000
ROUNDS = 7


@dataclass(frozen=True)
class Result:
    """How many times as fast LiteRT is, or how many times less memory it needs. `keras` and `litert` are medians."""

    name: str
    ratio: Ratio
    keras: float
    litert: float

    def __str__(self) -> str:
        """
        >>> str(Result("one picture", Ratio(2.04, 1.5, 2.5), 1.25, 0.6125))
        '| one picture | 2.0 | 1.5 to 2.5 | 1.25 | 0.6125 |'
        """
        ratio = f"{self.ratio.median:.1f} | {self.ratio.low:.1f} to {self.ratio.high:.1f}"
        return f"| {self.name} | {ratio} | {self.keras:.4g} | {self.litert:.4g} |"


def main(rounds: int) -> None:
    print("| measured | ratio | quartiles | Keras | LiteRT |\n|---|---|---|---|---|", flush=True)
    with TemporaryDirectory() as name:
        folder = Path(name)
        # In a process of its own: Linux counts the memory of a parent as that of its children.
        run_module("the model", "benchmarks.inference.write_example", name, str(PICTURES))
        print(compare_batches(folder, rounds), flush=True)
        for result in compare_rows(folder, rounds):
            print(result, flush=True)


def compare_batches(folder: Path, rounds: int) -> Result:
    """Seconds of one call with all pictures in a process that has predicted them once."""
    with ExitStack() as stack:
        processes = {
            side: stack.enter_context(start_process(f"{side}, all pictures", SIDE_MODULE, side, str(folder), "rounds"))
            for side in SIDES
        }
        for process in processes.values():
            process.read_message()
        turns = [{side: process.run_round() for side, process in processes.items()} for _ in range(rounds)]
    return _result("all pictures in one call, seconds", turns)


def compare_rows(folder: Path, rounds: int) -> list[Result]:
    """Seconds and peak megabytes of processes that predict one picture. The first turn reads files, and is left out."""
    turns = [{side: _predict_one(folder, side) for side in SIDES} for _ in range(rounds + 1)][1:]
    return [
        _result(name, [{side: values[number] for side, values in turn.items()} for turn in turns])
        for number, name in enumerate(("one picture in a new process, seconds", "its peak memory, MB"))
    ]


def _predict_one(folder: Path, side: str) -> tuple[float, float]:
    start = perf_counter()
    output = run_module(f"{side}, one picture", SIDE_MODULE, side, str(folder), "row")
    seconds = perf_counter() - start
    message: dict[str, Any] = json.loads(output)
    return seconds, message["peak"] / 1e6


def _result(name: str, turns: Sequence[dict[str, float]]) -> Result:
    keras, litert = ([turn[side] for turn in turns] for side in SIDES)
    return Result(name, ratio_of_medians(keras, litert), median(keras), median(litert))


if __name__ == "__main__":
    with report_user_errors("benchmarks.inference", debug=False):
        main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS)
