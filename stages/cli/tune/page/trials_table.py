"""The table of all trials, the best first."""

from collections.abc import Sequence
from dataclasses import dataclass

from stages.cli.tune.page.parameter_text import names_by_importance, short_names, short_text
from stages.cli.tune.page.study_trials import StudyTrials
from stages.cli.tune.study import TrialRecord
from stages.report.rendering.format_text import DASH, TIMES, is_number

# In a number with an exponent, which is_number() does not know.
POWER = f"{TIMES}10"
# Of a text in one line.
MAX_CHARACTERS = 16


@dataclass(frozen=True)
class TrialRow:
    """`mark` says whether it is the best trial or the default."""

    number: int
    mark: str
    value: str
    state: str
    error: str
    epochs: str
    parameters: list[tuple[str, str]]


@dataclass(frozen=True)
class TrialsTable:
    """`metric` and `metric_label` are the short and the whole name of the metric.

    `parameters` are the short and the whole name of each column of a parameter, and its CSS class.
    """

    metric: str
    metric_label: str
    parameters: list[tuple[str, str, str]]
    rows: list[TrialRow]


def trials_table(trials: StudyTrials) -> TrialsTable:
    names = names_by_importance(trials.result)
    columns = {name: [short_text(trial.values.get(name)) for trial in trials.sorted_by_value] for name in names}
    classes = {name: _css_class(texts) for name, texts in columns.items()}
    return TrialsTable(
        metric=trials.metric_name,
        metric_label=trials.metric_label,
        parameters=[(short, name, classes[name]) for short, name in zip(short_names(names), names, strict=True)],
        rows=[
            _row(trials, trial, [(texts[number], classes[name]) for name, texts in columns.items()])
            for number, trial in enumerate(trials.sorted_by_value)
        ],
    )


def _css_class(texts: Sequence[str]) -> str:
    """`n` for numbers, `short` for texts in one line, `long` for those that need several.

    >>> _css_class(["8", DASH]), _css_class(["relu"]), _css_class(["[512, 256, 128, 64, 32]"])
    ('n', 'short', 'long')
    """
    if all(text == DASH or is_number(text) or POWER in text for text in texts):
        return "n"
    return "long" if max(map(len, texts)) > MAX_CHARACTERS else "short"


def _row(trials: StudyTrials, trial: TrialRecord, parameters: list[tuple[str, str]]) -> TrialRow:
    marks = [text for text, other in (("best", trials.best), ("default", trials.default)) if trial is other]
    return TrialRow(
        number=trial.number,
        mark=", ".join(marks),
        value=trials.metric.format(trial.value),
        state=trial.state,
        error=trial.error or "",
        epochs=f"{trial.epochs:,}" if trial.epochs else DASH,
        parameters=parameters,
    )
