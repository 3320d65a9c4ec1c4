"""The data: source, splits, inputs and targets, and samples of the training split."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from stages.core.artefacts.processed import (
    TEST,
    TRAIN,
    VALIDATION,
    Fitted,
    InputSpec,
    ProcessedData,
    TargetSpec,
)
from stages.core.artefacts.raw import Images, RawData, Table, Tokens, split_sizes
from stages.core.columns.scaling import FittedStep
from stages.core.errors import format_examples
from stages.report.charts.svg import Chart
from stages.report.charts.time_series import series_charts
from stages.report.format_text import DASH, TIMES, count, format_percent, without_underscores
from stages.report.sample_images import SampleImage, sample_images
from stages.report.sample_rows import TextTable, choose_samples, sample_rows
from stages.report.sample_texts import sample_texts

SPLIT_PURPOSES = {
    TRAIN: "to train the model, and to fit the preprocessing",
    VALIDATION: "to select the best epoch during training",
    TEST: "to evaluate the trained model; nothing is selected on test data",
}


@dataclass(frozen=True)
class SplitRow:
    name: str
    samples: int
    share: str
    purpose: str


@dataclass(frozen=True)
class ArrayRow:
    """An input or a target of the model."""

    role: str
    name: str
    columns: str
    content: str
    scaling: str


@dataclass(frozen=True)
class DataSection:
    """At most one of `images`, `table` and `charts` is there."""

    kind: str
    source: list[tuple[str, str]]
    splits: list[SplitRow]
    notes: list[str]
    arrays: list[ArrayRow]
    images: list[SampleImage]
    table: TextTable | None
    charts: list[Chart]


def data_section(raw: RawData, processed: ProcessedData, samples: int) -> DataSection:
    """`samples` is the number of training samples to show."""
    fitted, rows = processed.fitted, training_sample_rows(processed, samples)
    inputs = [_input_row(name, fitted.inputs[name]) for name in sorted(fitted.inputs)]
    targets = [_target_row(name, fitted.targets[name]) for name in sorted(fitted.targets)]
    return DataSection(
        kind=describe_kind(raw),
        source=[(without_underscores(n), _source_text(raw.source[n])) for n in sorted(raw.source, key=_source_order)],
        splits=split_rows(fitted),
        notes=list(preprocessing_notes(fitted)),
        arrays=[*inputs, *targets],
        images=sample_images(raw, rows) if isinstance(raw, Images) else [],
        table=_sample_table(raw, rows),
        charts=series_charts(raw, processed) if isinstance(raw, Table) and raw.kind == "series" else [],
    )


def describe_kind(raw: RawData) -> str:
    rows = sum(split_sizes(raw).values())
    if isinstance(raw, Images):
        size = TIMES.join(str(n) for n in next(iter(raw.images.values())).shape[1:3])
        return f"{count(rows, 'image')} of {size} pixels in {count(len(raw.classes), 'class', 'classes')}"
    if isinstance(raw, Tokens):
        return f"{count(rows, 'text')} in {count(len(raw.classes), 'class', 'classes')}"
    kind = "Time series" if raw.kind == "series" else "Table"
    return f"{kind} with {count(rows, 'row')} and {count(len(raw.columns), 'column')}"


def split_rows(fitted: Fitted) -> list[SplitRow]:
    total = sum(fitted.splits.values()) or 1
    sizes = {name: fitted.splits.get(name, 0) for name in (TRAIN, VALIDATION, TEST)}
    return [
        SplitRow(name, size, format_percent(size / total) if size else DASH, SPLIT_PURPOSES[name] if size else "empty")
        for name, size in sizes.items()
    ]


def preprocessing_notes(fitted: Fitted) -> Iterator[str]:
    if (window := fitted.window) is not None:
        yield (
            f"Each sample is a window of {count(window.length, 'row')}. The predicted row is "
            f"{count(window.horizon, 'row')} after the window, and the next window starts "
            f"{count(window.stride, 'row')} later."
        )
    if fitted.dropped_outliers:
        yield f"{count(fitted.dropped_outliers, 'outlier')} removed from the training rows."
    for name, rows in sorted(fitted.seen_in_training.items()):
        if rows:
            yield f"{count(rows, f'{name} row also occurs', f'{name} rows also occur')} in the training rows."


def training_sample_rows(processed: ProcessedData, samples: int) -> list[int]:
    """The raw rows of training samples; with classes, of each class in turn."""
    classified = sorted(name for name, target in processed.fitted.targets.items() if target.classes is not None)
    rows, classes = processed.raw_row_numbers(TRAIN), None
    if classified:
        name = classified[0]
        numbers = processed.fitted.targets[name].inverse(processed.targets(TRAIN)[name])
        # The target of a single sigmoid unit is stored as a column.
        classes = np.asarray(numbers).reshape(len(numbers))
    return [int(rows[index]) for index in choose_samples(len(rows), classes, samples)]


def _sample_table(raw: RawData, rows: Sequence[int]) -> TextTable | None:
    if isinstance(raw, Tokens):
        return sample_texts(raw, rows)
    return sample_rows(raw, rows) if isinstance(raw, Table) and raw.kind == "table" else None


def _input_row(name: str, spec: InputSpec) -> ArrayRow:
    columns = _columns_text(spec.columns)
    if spec.multi_hot:
        return ArrayRow("input", name, columns, f"{spec.shape[0]:,} words: 1 if the text has it, else 0", "multi-hot")
    shape = f" {TIMES} ".join(map(str, spec.shape))
    return ArrayRow("input", name, columns, shape + (" number" if shape == "1" else " numbers"), _scaling(spec.steps))


def _target_row(name: str, spec: TargetSpec) -> ArrayRow:
    if spec.classes is None:
        content = count(spec.width, "value")
    else:
        content = f"{count(spec.width, 'class', 'classes')}: {format_examples(spec.classes)}"
    return ArrayRow("target", name, _columns_text(spec.columns), content, _scaling(spec.steps))


def _columns_text(columns: Sequence[str]) -> str:
    return format_examples(columns) if columns else "pixels"


def _scaling(steps: Sequence[FittedStep]) -> str:
    return ", then ".join(without_underscores(step.name) for step in steps) or "none"


def _source_order(name: str) -> tuple[bool, bool, str]:
    return name != "source", name != "name", name


def _source_text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_source_text(part)}" for name, part in sorted(value.items()))
    return format_examples(value) if isinstance(value, list) else str(value)
