"""python -m benchmarks.sides.run_side CASE SIDE full|quick rounds|whole

Runs one side of one case. With `rounds` it prints a line of JSON when it is ready, after each round that is requested
on standard input, and with its peak memory at the end. With `whole` it trains as long as the tutorial does, without
waiting for requests. SIDE is `tutorial`, `ours`, or ours with other settings: `all instructions` of the processor, or
these on `all cores`.
"""

import json
import os
import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import cast

from benchmarks.cases import Case, Size, get_case
from benchmarks.sides.prepared_work import AfterEpochs, PreparedWork
from stages.core.runtime import keras as keras_runtime
from stages.core.runtime.bootstrap import collect_garbage_rarely, pin_numpy

ROUND_REQUEST, END_REQUEST = "round", "end"


def main(name: str, side: str, size: str, mode: str) -> None:
    case = get_case(name, cast("Size", size))
    with TemporaryDirectory() as folder:
        prepared_work = load_prepared_work(name, side, case, Path(folder))
        prepared_work.run(continue_until(case.epochs) if mode == "whole" else RequestedRounds(case, prepared_work))
    _send(peak=peak_memory())


def load_prepared_work(name: str, side: str, case: Case, folder: Path) -> PreparedWork:
    """Prepare the process, then load the libraries of this side only."""
    if side == "ours":
        prepare_our_process()
    else:
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    if name == "windows":
        from benchmarks.sides import window_sides

        return window_sides.load_prepared_work("tutorial" if side == "tutorial" else "ours", case, folder)
    if side == "tutorial":
        from benchmarks.sides import tutorial_side

        return tutorial_side.load_prepared_work(name, case)
    if side == "ours":
        keras_runtime.start_keras(case.threads)
    else:
        _start_unpinned_tensorflow(0 if side == "all cores" else case.threads)
    from benchmarks.sides import restage_side

    return restage_side.load_prepared_work(name, case, folder)


def prepare_our_process() -> None:
    """Do what every stage does before it loads a library."""
    pin_numpy()
    collect_garbage_rarely()


def _start_unpinned_tensorflow(threads: int) -> None:
    """0 threads: one for each core."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


class RequestedRounds:
    """A callback that counts and times epochs, and waits for a request before each round.

    The first call ends the warm-up, which is not timed.
    """

    def __init__(self, case: Case, prepared_work: PreparedWork) -> None:
        self.epochs_per_round, self.prepared_work = case.epochs_per_round, prepared_work
        self.warmed_up = False

    def __call__(self, epochs: int) -> bool:
        if not self.warmed_up:
            self.warmed_up = True
            _send(parameters=self.prepared_work.parameters, stored=self.prepared_work.stored_bytes)
            return self._wait_for_request()
        self.epochs += epochs
        if self.epochs < self.epochs_per_round:
            return True
        _send(seconds=(perf_counter() - self.start) / self.epochs)
        return self._wait_for_request()

    def _wait_for_request(self) -> bool:
        """Return whether another round was requested, and start its clock."""
        requested = sys.stdin.readline().strip() == ROUND_REQUEST
        self.epochs, self.start = 0, perf_counter()
        return requested


def continue_until(epochs: int) -> AfterEpochs:
    """Return a callback that stops after this many epochs."""
    finished = 0

    def after_epochs(more: int) -> bool:
        nonlocal finished
        finished += more
        return finished < epochs

    return after_epochs


def peak_memory() -> int:
    """The largest resident size of this process so far in bytes; macOS reports bytes, Linux kilobytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _send(**values: float) -> None:
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
