"""python -m benchmarks.studies.determinism_cost [ROUNDS]

Measures what reproducible results cost: how many times as fast an epoch of each kind of model is with all instructions
of this processor and without deterministic kernels, and with all cores in addition.
"""

import sys
from contextlib import ExitStack

from benchmarks.cases import SideName, Size
from benchmarks.results.ratio_statistics import Ratio, ratio_of_medians
from benchmarks.start_sides import run_rounds, start_side
from stages.core.run_stage.stage import report_user_errors

ROUNDS = 5
REPRODUCIBLE: SideName = "ours"
OTHER_SETTINGS: tuple[SideName, ...] = ("all instructions", "all cores")
CASE_OF_MODEL = {
    "linear": "line",
    "mlp": "mnist_mlp",
    "mlp of words": "reuters",
    "cnn": "cnn",
    "simple_rnn": "simple_rnn",
    "lstm": "lstm",
    "gru": "gru",
    "conv1d": "conv1d",
    "transformer": "transformer",
    "nlinear": "nlinear",
    "dlinear": "dlinear",
    "embedding": "embedding",
}


def main(rounds: int) -> None:
    print(f"| model | {' | '.join(OTHER_SETTINGS)} |\n|{' --- |' * (1 + len(OTHER_SETTINGS))}")
    for model, case in CASE_OF_MODEL.items():
        print(f"| `{model}` | {' | '.join(map(_format_ratio, speedups(case, 'full', rounds)))} |", flush=True)


def speedups(case: str, size: Size, rounds: int) -> list[Ratio]:
    """Return how many times as fast each of the other settings is."""
    with ExitStack() as stack:
        sides = (REPRODUCIBLE, *OTHER_SETTINGS)
        processes = {side: stack.enter_context(start_side(case, side, size)) for side in sides}
        for process in processes.values():
            process.read_message()
        seconds = run_rounds(processes, rounds)
    return [ratio_of_medians(seconds[REPRODUCIBLE], seconds[side]) for side in OTHER_SETTINGS]


def _format_ratio(ratio: Ratio) -> str:
    """
    >>> _format_ratio(Ratio(1.234, 1.1, 1.3))
    '1.23 (1.10 to 1.30)'
    """
    return f"{ratio.median:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"


if __name__ == "__main__":
    with report_user_errors("benchmarks.studies.determinism_cost", debug=False):
        main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS)
