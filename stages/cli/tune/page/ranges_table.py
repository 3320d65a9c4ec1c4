"""The table of the ranges in which the trials were."""

from stages.cli.tune.page.parameter_text import exact_text
from stages.cli.tune.page.study_trials import DEFAULT, StudyTrials
from stages.cli.tune.study import Choices, Range


def ranges_table(trials: StudyTrials) -> list[tuple[str, str, str]]:
    """For each parameter: its name, its range, and its value in conf/."""
    default = next((trial.values for trial in trials.all if trial.number == DEFAULT), {})
    return [(name, range_text(limits), exact_text(default.get(name))) for name, limits in trials.result.ranges.items()]


def range_text(limits: Range) -> str:
    """
    >>> from stages.cli.tune.study import NumberRange
    >>> range_text(NumberRange(kind="float", low=0.001, high=0.1, log=True))
    'number from 0.001 to 0.1, logarithmic'
    >>> range_text(NumberRange(kind="int", low=8, high=64, step=8))
    'integer from 8 to 64, in steps of 8'
    >>> range_text(Choices(values=["relu", "[64, 32]"]))
    'one of: relu; [64, 32]'
    """
    if isinstance(limits, Choices):
        return f"one of: {'; '.join(limits.values)}"
    kind = "integer" if limits.kind == "int" else "number"
    scale = ", logarithmic" if limits.log else ""
    step = "" if limits.step is None else f", in steps of {exact_text(limits.step)}"
    return f"{kind} from {exact_text(limits.low)} to {exact_text(limits.high)}{scale}{step}"
