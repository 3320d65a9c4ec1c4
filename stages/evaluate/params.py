"""What is reported first, on which rows, and against which baselines."""

from typing import Literal

from pydantic import Field

from stages.core.artefacts.processed import SplitName
from stages.core.params import Params

Baseline = Literal["majority", "shuffled", "linear", "persistence"]


class Evaluate(Params):
    """`headline` is a metric, with the target before a dot where there are several; the first baseline is its match.

    majority: always the most frequent class. shuffled: the true labels in another order. linear: least squares.
    persistence: the last value that was seen. `reach` is the figure
    that others report for the same recipe, or that is aimed at.
    """

    headline: str
    split: SplitName = "test"
    baselines: list[Baseline] = Field(min_length=1)
    seed: int = Field(default=0, ge=0)
    reach: float | None = None
