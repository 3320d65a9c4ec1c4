"""Successive halving: a trial ends after a rung if it is not among the best third of earlier trials there.

A rung is a number of epochs. Only trials of earlier rounds are compared with, so that a decision does not depend on
which worker is faster.
"""

from collections.abc import Iterable, Sequence

from stages.cli.tune.study import Better, TrialRecord

ETA = 3
# The first rung is a ninth of the epochs, the second a third.
RUNGS = 2
MIN_EPOCHS = 2
# With fewer values the best third is one trial or two.
MIN_VALUES = 6


def rungs_of(epochs: int) -> list[int]:
    """The numbers of epochs after which a trial may end, of a training with this many.

    >>> rungs_of(60), rungs_of(20), rungs_of(5), rungs_of(2)
    ([7, 20], [2, 7], [2], [])
    """
    numbers = {round(epochs / ETA**power) for power in range(1, RUNGS + 1)}
    return sorted(number for number in numbers if MIN_EPOCHS <= number < epochs)


def limits_at_rungs(rungs: Sequence[int], earlier: Iterable[TrialRecord], better: Better) -> dict[int, float]:
    """The value that a trial must reach at each rung, where enough earlier trials have one.

    It is the worst value of their best third.
    """
    limits: dict[int, float] = {}
    finished = [trial for trial in earlier if trial.state != "failed"]
    for rung in rungs:
        values = [value for trial in finished if (value := value_at_rung(trial, rung)) is not None]
        if len(values) >= MIN_VALUES:
            limits[rung] = sorted(values, reverse=better == "higher")[len(values) // ETA - 1]
    return limits


def value_at_rung(trial: TrialRecord, rung: int) -> float | None:
    """The final value if the training ended before the rung, or at it; None if the trial was stopped before it."""
    if rung in trial.rungs:
        return trial.rungs[rung]
    return trial.value if trial.state == "complete" and trial.epochs <= rung else None


def is_behind(value: float, limit: float, better: Better) -> bool:
    """
    >>> is_behind(0.8, 0.9, "higher"), is_behind(0.9, 0.9, "higher"), is_behind(0.8, 0.9, "lower")
    (True, False, False)
    """
    return value < limit if better == "higher" else value > limit
