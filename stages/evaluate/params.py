"""Parameters of the evaluate stage."""

from typing import Literal

from pydantic import Field

from stages.core.artefacts.processed import SplitName
from stages.core.params import Params

Baseline = Literal["majority", "shuffled", "linear", "persistence"]


class Evaluate(Params):
    """The headline metric, the split that it is measured on, and the baselines that it is compared with.

    `headline` is the name of a metric, or `target.metric` if there are several targets. It is compared with the first
    baseline that applies to its target.

    - majority: the most frequent class of the training rows
    - shuffled: the true labels in another order
    - linear: least squares
    - persistence: the last value that the model sees

    `reach` is the value to aim at, for example the published value of the same model.
    """

    headline: str
    split: SplitName = "test"
    baselines: list[Baseline] = Field(min_length=1)
    seed: int = Field(default=0, ge=0)
    reach: float | None = None
