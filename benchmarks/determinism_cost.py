"""python3 -m benchmarks.determinism_cost [ROUNDS]

What the same bits on every machine cost: an epoch of each kind of model as the pipeline trains it, against the same
with whatever instructions this processor has and without deterministic kernels, and with all its cores besides.
"""

import sys
from collections.abc import Sequence
from contextlib import ExitStack

from benchmarks.cases import SideName
from benchmarks.ratio_statistics import Ratio, ratio
from benchmarks.side_processes import started
from stages.core.runtime.stage import told

ROUNDS = 5
PINNED: SideName = "ours"
LOOSER: tuple[SideName, ...] = ("any instructions", "any cores")
KINDS = {
    "linear": "line",
    "mlp": "mnist_mlp",
    "mlp of words": "reuters",
    "cnn": "cnn",
    "simple_rnn": "simple_rnn",
    "lstm": "lstm",
    "gru": "gru",
    "transformer": "transformer",
}


def main(words: Sequence[str]) -> None:
    rounds = int(words[0]) if words else ROUNDS
    print(f"| model | {' | '.join(LOOSER)} |\n|{' --- |' * (1 + len(LOOSER))}")
    for kind, name in KINDS.items():
        print(f"| `{kind}` | {' | '.join(map(_told, cost(name, 'full', rounds)))} |", flush=True)


def cost(name: str, size: str, rounds: int) -> list[Ratio]:
    """How many times as fast each of the looser ways is."""
    with ExitStack() as all_ways:
        sides = {side: all_ways.enter_context(started(name, side, size)) for side in (PINNED, *LOOSER)}
        for side in sides.values():
            side.hear()
        turns = [{name: side.round() for name, side in sides.items()} for _ in range(rounds)]
    taken = {side: [turn[side] for turn in turns] for side in sides}
    return [ratio(taken[PINNED], taken[side]) for side in LOOSER]


def _told(found: Ratio) -> str:
    """
    >>> _told(Ratio(1.234, 1.1, 1.3))
    '1.23 (1.10 to 1.30)'
    """
    return f"{found.middle:.2f} ({found.low:.2f} to {found.high:.2f})"


if __name__ == "__main__":
    with told(False, "bench.pinning"):
        main(sys.argv[1:])
