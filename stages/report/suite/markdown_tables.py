"""Tables of the suite in Markdown, which are kept in git: they show what a commit changed, without any data."""

from collections.abc import Iterable, Mapping, Sequence

from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.artefacts.records.validation import ValidationRecord
from stages.report.rendering.format_text import DASH

HEADLINE_COLUMNS = (
    "metric", "split", "value", "mean", "spread", "worst", "seeds", "best baseline", "improvement", "95% interval",
    "to reach",
)  # fmt: skip
DATA_CHECK_COLUMNS = (
    "rows", "expectations met", "duplicates", "near duplicates", "redundant columns", "drifted columns",
)  # fmt: skip


def headline_table(keys: Iterable[str], evaluations: Mapping[str, EvaluationRecord]) -> str:
    """The headline of each dataset. A dataset that was not evaluated has an empty row."""
    rows = {key: _headline_row(evaluation) for key, evaluation in evaluations.items()}
    return _markdown_table(HEADLINE_COLUMNS, keys, rows)


def data_checks_table(keys: Iterable[str], validations: Mapping[str, ValidationRecord]) -> str:
    """The results of each dataset's validation. A dataset that was not validated has an empty row."""
    rows = {key: _data_checks_row(validation) for key, validation in validations.items()}
    return _markdown_table(DATA_CHECK_COLUMNS, keys, rows)


def _markdown_table(columns: Sequence[str], keys: Iterable[str], rows: Mapping[str, Sequence[str]]) -> str:
    empty = [DASH] * len(columns)
    lines = [("dataset", *columns), ["---"] * (len(columns) + 1), *((key, *rows.get(key, empty)) for key in keys)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _headline_row(evaluation: EvaluationRecord) -> list[str]:
    """The improvement and its interval are over the best baseline."""
    seeds, best = evaluation.seeds, evaluation.best_baseline
    statistics = (seeds.mean, seeds.spread, seeds.worst) if seeds else (None, None, None)
    return [
        evaluation.headline_name,
        evaluation.split,
        _number(evaluation.headline.value),
        *map(_number, statistics),
        str(seeds.count if seeds else 1),
        f"{_number(best.value)} ({best.name})",
        _number(best.improvement),
        " to ".join(map(_number, best.interval)) if best.interval else DASH,
        _number(evaluation.reach),
    ]


def _data_checks_row(validation: ValidationRecord) -> list[str]:
    duplicates, near = validation.duplicates, validation.near_duplicates
    near_counts = [number for number in (near.across_splits, near.within_splits) if number is not None]
    return [
        f"{validation.rows:,}",
        f"{validation.expectations - validation.failed:,} of {validation.expectations:,}",
        f"{duplicates.across_splits + duplicates.within_splits:,}",
        f"{sum(near_counts):,}" if near_counts else DASH,
        f"{validation.redundant_columns.pairs:,}",
        f"{validation.drift.drifted:,}" if validation.drift.accepted else DASH,
    ]


def _number(value: float | None) -> str:
    return DASH if value is None else f"{value:.4g}"
