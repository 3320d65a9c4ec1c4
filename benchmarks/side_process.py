"""python3 -m benchmarks.side_process CASE SIDE full|quick rounds|whole

One side of one case in a process of its own. It says a line of JSON when it is ready, one after each round that is
asked for on standard input, and how much memory it took at the end. `whole` trains as long as the tutorial does.
SIDE is tutorial or ours; ours also with `any instructions` the processor has, and on `any cores` besides.
"""

import json
import os
import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.cases import CASES, Case
from benchmarks.side_work import AfterEpochs, Work
from stages.core.runtime import keras as keras_runtime
from stages.core.runtime.bootstrap import collect_garbage_rarely, pin_linear_algebra

ASK = "round"


def main(name: str, side: str, size: str, mode: str) -> None:
    case = CASES[name].quick if size == "quick" else CASES[name]
    with TemporaryDirectory() as folder:
        work = begin(name, side, case, Path(folder))
        work.go(until(case.epochs) if mode == "whole" else Rounds(case.each, work))
    _say(peak=peak_memory())


def begin(name: str, side: str, case: Case, folder: Path) -> Work:
    """Libraries are loaded here, after it is clear on which terms."""
    if side == "ours":
        prepare_our_process()
    else:
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    if name == "windows":
        from benchmarks import window_sides as windowing

        return windowing.work("tutorial" if side == "tutorial" else "ours", case, folder)
    if side == "tutorial":
        from benchmarks import tutorial_side as tutorial

        return tutorial.work(name, case)
    if side == "ours":
        keras_runtime.start_keras(case.threads)
    else:
        _start_unpinned(0 if side == "any cores" else case.threads)
    from benchmarks import restage_side as own

    return own.work(name, case, folder)


def _start_unpinned(threads: int) -> None:
    """0 is a thread a core."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


class Rounds:
    """Counts epochs; the first call warms up, and then every round waits until it is asked for."""

    def __init__(self, each: int, work: Work) -> None:
        self.each, self.work = each, work
        self.done, self.began = 0, 0.0

    def __call__(self, epochs: int) -> bool:
        if not self.began:
            _say(parameters=self.work.parameters, stored=self.work.stored)
            return self._asked()
        self.done += epochs
        if self.done < self.each:
            return True
        _say(seconds=(perf_counter() - self.began) / self.done)
        return self._asked()

    def _asked(self) -> bool:
        again = sys.stdin.readline().strip() == ASK
        self.done, self.began = 0, perf_counter()
        return again


def until(epochs: int) -> AfterEpochs:
    """Goes on for so many epochs, asking nobody."""
    done = 0

    def after(more: int) -> bool:
        nonlocal done
        done += more
        return done < epochs

    return after


def peak_memory() -> int:
    """The largest resident size of this process so far; macOS counts in bytes, Linux in kilobytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def prepare_our_process() -> None:
    """What every stage does before it loads a library; the tutorials run without it."""
    pin_linear_algebra()
    collect_garbage_rarely()


def _say(**figures: float) -> None:
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
