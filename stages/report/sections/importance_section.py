"""How important each input column is: a bar for each."""

from dataclasses import dataclass

from stages.core.artefacts.records.evaluation import ColumnImportance, EvaluationRecord
from stages.report.rendering.format_text import count, lower_first
from stages.report.rendering.metric_descriptions import MetricDescription, describe_metric, describe_samples

MAX_BARS = 20


@dataclass(frozen=True)
class ImportanceSection:
    """`bars` are name, value, width and False, since none is the model's. `note` says which columns are not shown."""

    sentence: str
    bars: list[tuple[str, str, str, bool]]
    note: str


def importance_section(evaluation: EvaluationRecord) -> ImportanceSection:
    importance = evaluation.importance
    if importance is None:
        return ImportanceSection("It was not measured.", [], "")
    if importance.left_out is not None:
        return ImportanceSection(f"It was not measured: {importance.left_out}.", [], "")
    headline, metric = evaluation.headline, describe_metric(evaluation.headline.metric)
    of_target = f" of {headline.target}" if len(evaluation.metrics) > 1 else ""
    hidden = len(importance.columns) - MAX_BARS
    return ImportanceSection(
        sentence=(
            f"How much worse the {lower_first(metric.label)}{of_target} is if the values of one column are shuffled: "
            f"the mean of {count(importance.repeats, 'shuffle')} and their standard deviation, on "
            f"{describe_samples(importance.rows, importance.split)}. A column that is redundant with another one looks "
            "unimportant."
        ),
        bars=_bars(importance.columns[:MAX_BARS], metric),
        note=f"{count(hidden, 'less important column is', 'less important columns are')} not shown." * (hidden > 0),
    )


def _bars(columns: list[ColumnImportance], metric: MetricDescription) -> list[tuple[str, str, str, bool]]:
    full = max(*(column.mean for column in columns), 1e-300)
    return [
        (
            column.column,
            f"{_number(metric, column.mean)} ± {_number(metric, column.spread)}{' points' if metric.is_share else ''}",
            f"{max(0.0, column.mean / full) * 100:.1f}%",
            False,
        )
        for column in columns
    ]


def _number(metric: MetricDescription, value: float) -> str:
    return metric.format(value).removesuffix("%")
