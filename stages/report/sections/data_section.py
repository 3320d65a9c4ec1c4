"""The data: source, splits, inputs and targets, and samples of the training split."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TRAIN, ArraySpec, Fitted, ProcessedData
from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens, split_sizes
from stages.core.artefacts.records.refreshed import RefreshRecord
from stages.core.columns.categories.category_ids import CategoryIds
from stages.core.columns.texts.text_ids import TextIds
from stages.core.columns.texts.tf_idf_text import TfIdfText
from stages.core.errors import format_examples
from stages.core.pictures.no_picture import NO_PICTURE
from stages.report.charts.raw_series import series_charts
from stages.report.charts.svg import Chart
from stages.report.recorded.line_blocks import count_lines, first_lines_of_classes
from stages.report.rendering.format_text import DASH, TIMES, count, format_percent
from stages.report.rendering.page_table import TextTable
from stages.report.samples.choose_samples import evenly_spaced, in_turn
from stages.report.samples.sample_images import sample_images
from stages.report.samples.sample_rows import sample_rows
from stages.report.samples.sample_texts import sample_texts
from stages.report.sections.column_kinds import column_kind_rows
from stages.report.sections.forecasts.window_notes import window_notes
from stages.report.sections.refresh_notes import refresh_notes
from stages.report.sections.text_notes import text_notes


@dataclass(frozen=True)
class DataSection:
    """`splits` are name, samples, share and purpose. For `arrays`, see array_rows(), for `columns` column_kind_rows().

    At most one of `images`, `table` and `charts` is there; `images` are data URIs and classes.
    """

    kind: str
    source: list[tuple[str, str]]
    splits: list[tuple[str, int, str, str]]
    notes: list[str]
    arrays: list[tuple[str, str, str, str, str]]
    columns: list[tuple[str, str, str, str, str]]
    images: list[tuple[str, str]]
    table: TextTable | None
    charts: list[Chart]


def data_section(
    raw: RawData,
    processed: ProcessedData,
    purposes: Mapping[str, str],
    samples: int,
    refreshed: RefreshRecord | None = None,
) -> DataSection:
    """`purposes` says what each split is used for; `samples` is the number of training samples to show.

    `refreshed` is what changed in the data, if `restage refresh` pinned them.
    """
    fitted, rows = processed.fitted, training_sample_rows(processed, samples)
    table = None
    if isinstance(raw, Tokens):
        table = sample_texts(raw, rows)
    elif isinstance(raw, Table) and raw.kind == "table":
        table = sample_rows(raw, rows)
    source = sorted(raw.source, key=lambda name: (name != "source", name != "name", name))
    return DataSection(
        kind=describe_kind(raw),
        source=[(name.replace("_", " "), _source_text(raw.source[name])) for name in source],
        splits=split_rows(fitted, purposes),
        notes=[*preprocessing_notes(fitted), *picture_notes(raw), *text_notes(processed), *refresh_notes(refreshed)],
        arrays=list(array_rows(fitted)),
        columns=list(column_kind_rows(fitted)),
        images=sample_images(raw, rows) if isinstance(raw, Images) else [],
        table=table,
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


def split_rows(fitted: Fitted, purposes: Mapping[str, str]) -> list[tuple[str, int, str, str]]:
    total = sum(fitted.splits.values()) or 1
    rows = []
    for name, purpose in purposes.items():
        size = fitted.splits.get(name, 0)
        rows.append((name, size, format_percent(size / total), purpose) if size else (name, 0, DASH, "empty"))
    return rows


def preprocessing_notes(fitted: Fitted) -> Iterator[str]:
    yield from window_notes(fitted)
    if fitted.weight is not None:
        yield f"Each row has the weight in its column {fitted.weight}, for training, baselines and weighted metrics."
    if fitted.dropped_outliers:
        yield f"{count(fitted.dropped_outliers, 'outlier')} removed from the training rows."
    for name, rows in sorted(fitted.seen_in_training.items()):
        if rows:
            yield f"{count(rows, f'{name} row has', f'{name} rows have')} the same inputs as a training row."


def picture_notes(raw: RawData) -> Iterator[str]:
    for column, pictures in sorted(raw.pictures.items()) if isinstance(raw, Table) else ():
        gaps = sum(_count_gaps(numbers) for numbers in pictures.numbers.values())
        without = f"; {count(gaps, 'row has', 'rows have')} none" if gaps else ""
        yield f"{count(len(pictures.pixels), 'different picture')} in column {column}{without}."


def _count_gaps(numbers: NDArray[np.int32]) -> int:
    return count_lines(len(numbers), lambda block: numbers[block] == NO_PICTURE)


def training_sample_rows(processed: ProcessedData, samples: int) -> list[int]:
    """The raw rows of training samples; with classes, of each class in turn."""
    classified = sorted(name for name, target in processed.fitted.targets.items() if target.classes is not None)
    rows = processed.raw_row_numbers(TRAIN)
    shown = evenly_spaced(len(rows), samples)
    if classified:
        shown = in_turn(_first_samples_of_classes(processed, classified[0], samples), samples)
    return [int(rows[index]) for index in shown]


def _first_samples_of_classes(processed: ProcessedData, name: str, samples: int) -> list[list[int]]:
    target, stored = processed.fitted.targets[name], processed.targets(TRAIN)[name]

    def class_numbers(block: slice) -> NDArray[np.int64]:
        # The target of a single sigmoid unit is stored as a column.
        return np.asarray(target.inverse(stored[block])).reshape(-1)

    return first_lines_of_classes(len(stored), class_numbers, len(target.classes or []), samples)


def array_rows(fitted: Fitted) -> Iterator[tuple[str, str, str, str, str]]:
    """The role, the name, the columns, the content and the scaling of each input and target of the model."""
    for name, spec in sorted(fitted.inputs.items()):
        scaling = _scaling(spec)
        if isinstance(spec.column, CategoryIds):
            content = f"{count(spec.column.feature.number_count, 'category', 'categories')}, by embedding"
        elif isinstance(spec.column, TextIds):
            words = f"{len(spec.column.words):,} different words"
            content = f"{count(spec.shape[0], 'word')} of each text, of {words}, by embedding"
        elif isinstance(spec.column, TfIdfText):
            content, scaling = f"{spec.shape[0]:,} words: 0 if the text does not have it, else its weight", "tf-idf"
        elif spec.sparse:
            content, scaling = f"{spec.shape[0]:,} words: 1 if the text has it, else 0", "multi-hot"
        else:
            shape = f" {TIMES} ".join(map(str, spec.shape))
            content = f"{shape} number" if shape == "1" else f"{shape} numbers"
        yield ("input", name, format_examples(spec.columns), content, scaling)
    for name, target in sorted(fitted.targets.items()):
        content = count(target.width, "value")
        if target.classes is not None:
            content = f"{count(target.width, 'class', 'classes')}: {format_examples(target.classes)}"
        yield ("target", name, format_examples(target.columns), content, _scaling(target))


def _scaling(spec: ArraySpec) -> str:
    names = [getattr(step, "name", step.step) for step in (*spec.steps, *spec.window_steps)]
    return ", then ".join(name.replace("_", " ") for name in names) or "none"


def _source_text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_source_text(part)}" for name, part in sorted(value.items()))
    return format_examples(value) if isinstance(value, list) else str(value)
