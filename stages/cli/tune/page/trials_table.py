"""The table of all trials, the best first."""

from dataclasses import dataclass

from stages.cli.tune.page.parameter_text import names_in_order, short_names, short_text
from stages.cli.tune.page.study_trials import StudyTrials
from stages.cli.tune.study import TrialRecord
from stages.report.format_text import DASH, format_number


@dataclass(frozen=True)
class TrialRow:
    """`mark` says whether it is the best trial or the default."""

    number: int
    mark: str
    value: str
    state: str
    error: str
    epochs: str
    seconds: str
    parameters: list[tuple[str, bool]]


@dataclass(frozen=True)
class TrialsTable:
    """`parameters` are the short and the whole name of each column of a parameter, and whether it is numeric."""

    metric: str
    parameters: list[tuple[str, str, bool]]
    rows: list[TrialRow]


def trials_table(trials: StudyTrials) -> TrialsTable:
    names = names_in_order(trials.result)
    numeric = [not any(isinstance(trial.values.get(name), str) for trial in trials.all) for name in names]
    return TrialsTable(
        metric=trials.metric_label,
        parameters=list(zip(short_names(names), names, numeric, strict=True)),
        rows=[_row(trials, trial, list(zip(names, numeric, strict=True))) for trial in trials.sorted_by_value],
    )


def _row(trials: StudyTrials, trial: TrialRecord, columns: list[tuple[str, bool]]) -> TrialRow:
    marks = [text for text, other in (("best", trials.best), ("default", trials.default)) if trial is other]
    return TrialRow(
        number=trial.number,
        mark=", ".join(marks),
        value=trials.metric.format(trial.value),
        state=trial.state,
        error=trial.error or "",
        epochs=f"{trial.epochs:,}" if trial.epochs else DASH,
        seconds=format_number(float(f"{trial.seconds:.3g}")),
        parameters=[(short_text(trial.values.get(name)), is_numeric) for name, is_numeric in columns],
    )
