"""What went in: where it came from, how many rows each split has, what a model sees of them, and some of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
from stages.core.columns.scaling import LinearScaling, UnitLength
from stages.report.charts.image_data_uris import data_uris
from stages.report.charts.svg import Chart
from stages.report.charts.time_series import series_charts
from stages.report.format_text import NOTHING, TIMES, count, listed, percent, words
from stages.report.sample_rows import Grid, label_at, picture_at, sample_rows, spread
from stages.report.sample_texts import sample_texts

PURPOSES = {
    TRAIN: "the model learns from these, and from no others",
    VALIDATION: "watched while it learns, to tell when it was best",
    TEST: "kept aside, to judge the finished model",
}


@dataclass(frozen=True)
class SplitRow:
    name: str
    samples: int
    share: str
    purpose: str


@dataclass(frozen=True)
class ArrayRow:
    """One array that goes into the model or is to come out of it."""

    role: str
    name: str
    columns: str
    form: str
    treatment: str


@dataclass(frozen=True)
class Picture:
    uri: str
    label: str


@dataclass(frozen=True)
class Material:
    kind: str
    source: list[tuple[str, str]]
    splits: list[SplitRow]
    notes: list[str]
    arrays: list[ArrayRow]
    pictures: list[Picture]
    rows: Grid | None
    charts: list[Chart]


def material(raw: RawData, processed: ProcessedData, samples: int) -> Material:
    fitted, shown = processed.fitted, sample_places(processed, samples)
    return Material(
        kind=kind_words(raw),
        source=[(words(name), _plain(raw.source[name])) for name in sorted(raw.source, key=_first)],
        splits=split_rows(fitted),
        notes=list(notes(fitted)),
        arrays=[_input(n, fitted.inputs[n]) for n in sorted(fitted.inputs)]
        + [_target(n, fitted.targets[n]) for n in sorted(fitted.targets)],
        pictures=_pictures(raw, shown) if isinstance(raw, Images) else [],
        rows=_rows(raw, shown),
        charts=series_charts(raw, processed) if isinstance(raw, Table) and raw.kind == "series" else [],
    )


def kind_words(raw: RawData) -> str:
    many = sum(split_sizes(raw).values())
    if isinstance(raw, Images):
        size = TIMES.join(str(n) for n in next(iter(raw.images.values())).shape[1:3])
        return f"{count(many, 'picture')} of {size} pixels in {count(len(raw.classes), 'class', 'classes')}"
    if isinstance(raw, Tokens):
        return f"{count(many, 'text')} in {count(len(raw.classes), 'class', 'classes')}"
    kind = "A series in order of time" if raw.kind == "series" else "A table"
    return f"{kind}: {count(many, 'row')}, {count(len(raw.columns), 'column')}"


def split_rows(fitted: Fitted) -> list[SplitRow]:
    """In the order in which they are used, with an empty one said to be empty."""
    total = sum(fitted.splits.values()) or 1
    found = {name: fitted.splits.get(name, 0) for name in (TRAIN, VALIDATION, TEST)}
    return [
        SplitRow(name, many, percent(many / total) if many else NOTHING, PURPOSES[name] if many else "there is none")
        for name, many in found.items()
    ]


def notes(fitted: Fitted) -> Iterator[str]:
    if (window := fitted.window) is not None:
        yield (
            f"Each sample is a window of {count(window.length, 'row')}; what is predicted stands "
            f"{count(window.horizon, 'row')} after its end, and the next window begins "
            f"{count(window.stride, 'row')} later."
        )
    if fitted.dropped_outliers:
        yield f"{count(fitted.dropped_outliers, 'row')} far from all others left out of training."
    for name in sorted(fitted.seen_in_training):
        if many := fitted.seen_in_training[name]:
            yield f"{count(many, f'{name} row')} {'is' if many == 1 else 'are'} also among the training rows."


def sample_places(processed: ProcessedData, samples: int) -> list[int]:
    """Raw rows of training samples, every class in turn where there are classes."""
    told = processed.targets(TRAIN)
    targets = {name: target for name, target in processed.fitted.targets.items() if target.classes is not None}
    classes = [targets[name].inverse(told[name]) for name in sorted(targets)]
    rows = processed.raw_row_numbers(TRAIN)
    places = spread(len(rows), _numbers(classes[0]) if classes else None, samples)
    return [int(rows[place]) for place in places]


def _numbers(classes: NDArray[Any]) -> NDArray[Any]:
    """Class numbers in one dimension; a single sigmoid output is stored as a column."""
    return np.asarray(classes).reshape(len(classes))


def _rows(raw: RawData, shown: Sequence[int]) -> Grid | None:
    if isinstance(raw, Tokens):
        return sample_texts(raw, shown)
    return sample_rows(raw, shown) if isinstance(raw, Table) and raw.kind == "table" else None


def _pictures(raw: Images, rows: Sequence[int]) -> list[Picture]:
    uris = data_uris([picture_at(raw, row) for row in rows])
    return [Picture(uri, label_at(raw, row)) for uri, row in zip(uris, rows, strict=True)]


def _input(name: str, spec: InputSpec) -> ArrayRow:
    if spec.multi_hot:
        return ArrayRow("input", name, _columns(spec.columns), f"{spec.shape[0]:,} words, there or not", "multi-hot")
    form = f" {TIMES} ".join(map(str, spec.shape)) + (" number" if spec.shape == [1] else " numbers")
    return ArrayRow("input", name, _columns(spec.columns), form, _treatment(spec.steps))


def _target(name: str, spec: TargetSpec) -> ArrayRow:
    if spec.classes is None:
        form = count(spec.width, "value")
    else:
        form = f"{count(spec.width, 'class', 'classes')}: {listed(spec.classes)}"
    return ArrayRow("target", name, _columns(spec.columns), form, _treatment(spec.steps))


def _columns(columns: Sequence[str]) -> str:
    return listed(columns) if columns else "pixels"


def _treatment(steps: Sequence[LinearScaling | UnitLength]) -> str:
    return ", then ".join(words(step.name) for step in steps) or "as it is"


def _first(name: str) -> tuple[bool, bool, str]:
    return name != "source", name != "name", name


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(part)}" for name, part in sorted(value.items()))
    return listed(map(str, value)) if isinstance(value, list) else str(value)
