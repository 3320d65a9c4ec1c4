"""The text of conf/dataset/<key>.yaml for a new dataset."""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from stages.cli.new.default_models import TEST, VALIDATION, default_model, default_window
from stages.cli.new.describe_columns import ColumnDescription, date_format
from stages.cli.new.find_problems import MIN_CLASS_ROWS
from stages.cli.new.new_dataset import NewDataset
from stages.cli.new.new_files import NewFile
from stages.download.params.csv_params import Csv
from stages.report.format_text import count

# Editors find with it which keys are allowed.
SCHEMA = "# yaml-language-server: $schema=../../docs/reference/schemas/dataset.json"
WIDTH = 110
MAX_RANGES, MAX_CLASSES = 12, 20
# How far beyond the range of the values new ones may be, as a share of the range.
ROOM = 0.1
MISSING = {
    "number": "median",
    "category": "category",
    "boolean": "most_frequent",
    "date": "median",
    "text": "empty",
    "picture": "blank",
}
# A column says where values were missing, if at least this share is.
INDICATOR_SHARE = 0.05
# Categories with fewer rows become one, if there are many.
MINIMUM_COUNT, MANY_CATEGORIES, MAX_ONE_HOT = 5, 20, 500


def conf_text(dataset: NewDataset, paths: Mapping[str, str], gap_numbers: Mapping[str, float]) -> str:
    """`paths` are those of the files on this machine, by split. `gap_numbers` stand for gaps, by column."""
    classes = dataset.target_kind == "classes"
    sections = [
        [
            SCHEMA,
            f"# Written by `restage new` for {', '.join(file.name for file in dataset.data.files.values())}.",
            "defaults:",
            f"  - /train@train: {'classes' if classes else 'values'}",
            "  - _self_",
        ],
        ["download:", *_download(dataset, paths)],
        ["validate:", *_validate(dataset, gap_numbers)],
        ["preprocess:", *_preprocess(dataset, gap_numbers)],
        ["train:", *_train(dataset)],
        ["evaluate:", *_evaluate(dataset)],
        ["report:", *_report(dataset)],
    ]
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def flow(value: Any) -> str:
    """One line of YAML.

    >>> flow({"a": [1, "x: y"], "b": True})
    "{a: [1, 'x: y'], b: true}"
    """
    text = yaml.safe_dump(value, default_flow_style=True, width=math.inf, sort_keys=False, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...")


def entry(key: str, value: Any, indent: int = 2, comment: str = "") -> Iterator[str]:
    """`key: value` on one line, or a list with a line for each item if that is too long."""
    line = f"{' ' * indent}{flow(key)}: {flow(value)}"
    if len(line) <= WIDTH or not isinstance(value, list):
        yield line + (f"  # {comment}" if comment else "")
    else:
        yield f"{' ' * indent}{flow(key)}:" + (f"  # {comment}" if comment else "")
        yield from (f"{' ' * indent}  - {flow(item)}" for item in value)


def _download(dataset: NewDataset, paths: Mapping[str, str]) -> Iterator[str]:
    files = dataset.data.files
    remote = any(file.address for file in files.values())
    yield from entry("source", "http" if remote else "file")
    table_format = dataset.data.table_format
    options = table_format.model_dump(exclude_defaults=True)
    if isinstance(table_format, Csv) and (names := options.pop("names", None)):
        yield "  format:"
        for name, value in ({"format": "csv"} | options | {"names": names}).items():
            yield from entry(name, value, 4)
    else:
        yield from entry("format", {"format": table_format.format} | options)
    if dataset.time:
        yield from entry("kind", "series")
        yield from entry("time", dataset.time)
        if dataset.time_format:
            yield from entry("time_format", dataset.time_format)
        if dataset.sort:
            yield from entry("sort", True)
    yield "  files:"
    for split, file in files.items():
        yield from _file(split, file, paths)
    yield from _pictures(dataset)


def _pictures(dataset: NewDataset) -> Iterator[str]:
    if dataset.pictures:
        yield "  pictures:"
    for column, found in dataset.pictures.items():
        yield f"    {flow(column)}:"
        yield from entry("files", {"path": found.path_in_conf, "sha256": found.sha256}, 6)
        if found.prefix:
            yield from entry("prefix", found.prefix, 6)
        for name, value in found.options.items():
            yield from entry(name, value, 6)


def _file(split: str, file: NewFile, paths: Mapping[str, str]) -> Iterator[str]:
    yield f"    {split}:"
    if file.address:
        yield from entry("urls", [file.address], 6)
        yield from entry("size", file.path.stat().st_size, 6)
    else:
        yield from entry("path", paths[split], 6)
    if file.member:
        yield from entry("member", file.member, 6)
    yield from entry("sha256", file.sha256, 6)


def _validate(dataset: NewDataset, gap_numbers: Mapping[str, float]) -> Iterator[str]:
    yield from entry("columns", [column.name for column in dataset.columns])
    if gaps := [column.name for column in dataset.columns if column.missing]:
        yield from entry("may_be_missing", gaps)
    if repeated := dataset.repeated_test_rows:
        comment = f"{count(repeated, 'row')} of the test file are in the first one too"
        yield from entry("duplicates_across_splits", "report", comment=comment)
    yield "  expectations:"
    least = round_down(dataset.rows * (1 - ROOM))
    yield from _expectation("expect_table_row_count_to_be_between", {"min_value": int(least)})
    if dataset.time:
        yield from _expectation("expect_column_values_to_be_increasing", {"column": dataset.time, "strictly": True})
    named = [dataset.column(name) for name in dataset.targets]
    wanted = [*named, *(column for column in dataset.inputs if column not in named)]
    numbers = [c for c in wanted if c.low is not None and not (c in named and dataset.target_kind == "classes")]
    for column in [column for column in numbers if column.name not in gap_numbers][:MAX_RANGES]:
        yield from _expectation("expect_column_values_to_be_between", {"column": column.name} | value_range(column))
    if dataset.target_kind == "classes":
        for column in (c for c in named if c.distinct <= MAX_CLASSES):
            values = sorted(dataset.training_frame[column.name].unique().tolist())
            arguments = {"column": column.name, "value_set": values}
            yield from _expectation("expect_column_values_to_be_in_set", arguments)


def _expectation(name: str, arguments: Mapping[str, Any]) -> Iterator[str]:
    yield f"    - {name}: {flow(dict(arguments))}"


def value_range(column: ColumnDescription) -> dict[str, float]:
    """The range of the values with room at both ends, in round numbers. What is never negative stays so."""
    assert column.low is not None
    assert column.high is not None
    span = (column.high - column.low) or abs(column.high) or 1.0
    low, high = column.low - ROOM * span, column.high + ROOM * span
    step = 10.0 ** math.floor(math.log10(span) - 1)
    if column.whole:
        step = max(step, 1.0)
    low = 0.0 if column.low >= 0 > low else math.floor(low / step) * step
    return {"min_value": plain(low, step), "max_value": plain(math.ceil(high / step) * step, step)}


def plain(value: float, step: float) -> float:
    """Without digits after the last one that matters.

    >>> plain(0.30000000000000004, 0.1), plain(1200.0, 100.0)
    (0.3, 1200)
    """
    digits = max(0, -math.floor(math.log10(step)))
    rounded = round(value, digits)
    return int(rounded) if digits == 0 or rounded == int(rounded) else rounded


def round_down(value: float) -> float:
    """With two digits that matter.

    >>> round_down(1234.0), round_down(9.0)
    (1200.0, 9.0)
    """
    step = 10.0 ** max(0, math.floor(math.log10(max(value, 1.0))) - 1)
    return math.floor(value / step) * step


def _preprocess(dataset: NewDataset, gap_numbers: Mapping[str, float]) -> Iterator[str]:
    numbers = [column.name for column in dataset.inputs if column.kind == "number"]
    if dataset.time and (len(numbers) < len(dataset.columns) - 1):
        yield from entry("inputs", numbers)
    yield from entry("targets", targets_entry(dataset))
    if dataset.target_kind == "classes":
        yield from entry("labels", "one_hot")
    if entries := [line for column in dataset.columns for line in _column(column, dataset, gap_numbers)]:
        yield "  columns:"
        yield from entries
    yield from entry("split", split_entry(dataset))
    scaling = "minmax" if dataset.time else "standard"
    if numbers:
        yield from ("  steps:", f"    - {{step: {scaling}}}")
    if dataset.target_kind == "values":
        yield from ("  target_steps:", f"    - {{step: {scaling}}}")
    if dataset.time:
        yield from entry("window", {"length": default_window(dataset.rows)})


def targets_entry(dataset: NewDataset) -> Any:
    """A name that can name a file and a layer is needed for each target: a column's own, or another one."""
    if len(dataset.targets) > 1 and dataset.target_kind == "values":
        return list(dataset.targets)
    named = {target_name(name): name for name in dataset.targets}
    if len(named) == 1:
        [(name, column)] = named.items()
        return column if name == column else named
    return named


def target_name(column: str) -> str:
    """
    >>> target_name("species"), target_name("Qualität (0-10)"), target_name("x")
    ('species', 'Qualitat_0-10', 'target_x')
    """
    plain_letters = unicodedata.normalize("NFKD", column).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", plain_letters).strip("_.-") or "y"
    # The names of the model's input and layers.
    taken = {"x", "flatten", "joined", "average", "flip", "shift", "rotate", "rows", "steps"}
    return column if column == name and name not in taken else name if name not in taken else f"target_{name}"


def split_entry(dataset: NewDataset) -> dict[str, Any]:
    test = "given" if dataset.has_test else TEST
    if dataset.time:
        return {"test": test, "validation": VALIDATION, "order": "chronological"}
    return {"test": test, "validation": VALIDATION, "order": split_order(dataset), "seed": 0}


def split_order(dataset: NewDataset) -> str:
    """Stratified for one target with classes, if each class has enough rows for all splits."""
    if dataset.target_kind == "values" or len(dataset.targets) > 1:
        return "shuffled"
    counts = dataset.training_frame[dataset.targets[0]].value_counts()
    smallest_split = round(VALIDATION * len(dataset.training_frame))
    return "stratified" if counts.min() >= MIN_CLASS_ROWS and len(counts) <= smallest_split else "shuffled"


def _column(column: ColumnDescription, dataset: NewDataset, gap_numbers: Mapping[str, float]) -> Iterator[str]:
    """A line for a column whose kind is not that of plain numbers."""
    if column.name in {*dataset.targets, dataset.time}:
        return
    if column.kind == "ignore":
        if not dataset.time:
            yield from entry(column.name, "ignore", 4, column.reason)
        return
    params, missing = {"kind": column.kind} | _options(column), column.missing
    if column.name in gap_numbers:
        number = gap_numbers[column.name]
        params["missing_values"] = [int(number)]
        missing += int((dataset.training_frame[column.name] == number).sum())
    if missing:
        params["missing"] = "forward" if dataset.time else MISSING[column.kind]
    if column.kind == "number" and missing >= max(1, INDICATOR_SHARE * column.rows):
        params["missing_indicator"] = True
    if params != {"kind": "number"}:
        comment = count(missing, "gap") if missing else ""
        yield from entry(column.name, params if len(params) > 1 else column.kind, 4, comment)


def _options(column: ColumnDescription) -> dict[str, Any]:
    if column.kind == "date" and (time_format := date_format(column)):
        return {"format": time_format}
    if column.kind == "category" and column.distinct > MANY_CATEGORIES:
        encoding = "one_hot" if column.distinct <= MAX_ONE_HOT else "embedding"
        return {"encoding": encoding, "minimum_count": MINIMUM_COUNT}
    return {}


def _train(dataset: NewDataset) -> Iterator[str]:
    model = default_model(dataset.rows)
    yield f"  # A model for {count(dataset.rows, 'row')} to begin with: change it and compare with `dvc metrics diff`."
    if dataset.time:
        yield from entry("model", {"kind": "lstm", "cells": list(model.cells)})
    else:
        hidden = {"kind": "mlp", "units": list(model.units), "activation": "relu", "dropout": model.dropout}
        yield from entry("model", hidden)
    yield from entry("epochs", model.epochs)
    yield from entry("batch", model.batch)
    yield from entry("early_stopping", {"patience": model.patience})


def _evaluate(dataset: NewDataset) -> Iterator[str]:
    metric = "accuracy" if dataset.target_kind == "classes" else "rmse"
    several = len(dataset.targets) > 1 and dataset.target_kind == "classes"
    yield from entry("headline", f"{target_name(dataset.targets[0])}.{metric}" if several else metric)
    yield from entry("baselines", _baselines(dataset))


def _baselines(dataset: NewDataset) -> Sequence[str]:
    if dataset.target_kind == "classes":
        return ["majority", "shuffled"]
    return ["persistence", "linear"] if dataset.time else ["linear"]


def _report(dataset: NewDataset) -> Iterator[str]:
    yield from entry("title", dataset.key.replace("_", " ").capitalize())
    names = [file.name for file in dataset.data.files.values()]
    inputs = count(len(dataset.inputs), "column")
    yield from entry("about", f"{' and '.join(dataset.targets)} from {inputs} of {' and '.join(names)}.")
