"""A study and its trials, as the journal keeps them and the page shows them."""

from typing import Annotated, Literal

from pydantic import Field

from stages.core.artefacts.records.record import Record

Better = Literal["higher", "lower"]
# A number, or a text of YAML for choices, by the path of the parameter.
Values = dict[str, float | int | str]
TrialState = Literal["complete", "stopped", "failed"]


class NumberRange(Record):
    """Numbers from `low` to `high`, both included."""

    kind: Literal["int", "float"]
    low: float
    high: float
    log: bool = False
    step: float | None = None


class Choices(Record):
    """One of some values, as texts of YAML, since a value may be a list or a mapping."""

    kind: Literal["choices"] = "choices"
    values: list[str]


Range = Annotated[NumberRange | Choices, Field(discriminator="kind")]


class TrialRecord(Record):
    """One training. `values` lacks a parameter that has no value in conf/, in trial 0.

    `rungs` are the values of the metric on the validation rows by the number of epochs. A trial that was `stopped`
    was worse than most others after the last of them. `value` is None if it failed, for the reason in `error`.
    """

    number: int
    round: int
    values: Values
    state: TrialState
    value: float | None = None
    epochs: int = 0
    best_epoch: int | None = None
    rungs: dict[int, float] = {}
    error: str | None = None


class BestAgainstDefault(Record):
    """Values of the metric of the default parameters and of the best trial, on the rows of `split`.

    A positive `improvement` is better; `interval` holds 95% of the improvements over resamples of the same rows.
    """

    split: Literal["validation", "test"]
    rows: int
    default: float
    best: float
    improvement: float
    interval: tuple[float, float] | None
    resamples: int

    @property
    def may_be_chance(self) -> bool:
        """Whether the interval contains 0, or the best trial is not better on these rows."""
        return self.improvement <= 0 or (self.interval is not None and self.interval[0] <= 0)


class StudyResult(Record):
    """Trial 0 has the parameters of conf/. `importance` is the share of each parameter in the variance of the values.

    The validation rows chose the best trial, so that their interval is too favourable; the test rows chose nothing.
    """

    key: str
    metric: str
    better: Better
    seed: int
    ranges: dict[str, Range]
    trials: list[TrialRecord]
    best: int
    importance: dict[str, float]
    comparisons: list[BestAgainstDefault]

    @property
    def ties(self) -> int:
        """How many other complete trials have the value of the best one."""
        complete = [trial for trial in self.trials if trial.state == "complete"]
        values = [trial.value for trial in complete if trial.number == self.best]
        return sum(trial.value in values for trial in complete if trial.number != self.best)

    @property
    def apply_command(self) -> str:
        """Writes the best values into conf/, and trains nothing. The seed is part of what a study is."""
        seed = f" --seed {self.seed}" if self.seed else ""
        return f"restage tune {self.key} --trials {len(self.trials)}{seed} --apply"
