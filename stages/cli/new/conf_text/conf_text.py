"""The text of conf/dataset/<key>.yaml for a new dataset."""

from collections.abc import Iterator, Mapping
from typing import Any

from stages.cli.new.conf_text.default_models import (
    LINEAR_BELOW,
    DefaultKind,
    default_layers,
    default_model,
    default_window,
)
from stages.cli.new.conf_text.default_split import TEST, VALIDATION, can_be_stratified
from stages.cli.new.conf_text.file_entries import file_entries, source_entries
from stages.cli.new.conf_text.series_settings import SeriesSettings, series_settings, step_lines
from stages.cli.new.conf_text.target_settings import (
    headline,
    labels_entry,
    settings_by_target,
    targets_entry,
)
from stages.cli.new.conf_text.value_ranges import least_rows, value_range
from stages.cli.new.conf_text.yaml_lines import entry, flow, join_sections
from stages.cli.new.describe.describe_columns import MAX_ONE_HOT, ColumnDescription, date_format
from stages.cli.new.describe.find_problems import repeated_rows
from stages.cli.new.describe.new_dataset import NewDataset
from stages.cli.new.read.read_query import query_entries
from stages.cli.new.write.store_data import path_in_conf
from stages.download.params.csv_params import Csv
from stages.report.rendering.format_text import count

MAX_RANGES, MAX_CLASSES = 12, 20
# Of a larger table, categories of many values are embeddings.
MAX_ONE_HOT_BYTES = 1 << 27
ALL_STEPS = "`horizon: 12, steps: all` forecasts the next 12 rows at once"
# `steps` scale numbers, and the days and years of dates.
SCALED_KINDS = ("number", "date")
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
MINIMUM_COUNT, MANY_CATEGORIES = 5, 20


def conf_text(dataset: NewDataset, paths: Mapping[str, str], gap_numbers: Mapping[str, float]) -> str:
    """`paths` are those of the files on this machine, by split. `gap_numbers` stand for gaps, by column."""
    settings = series_settings(dataset, gap_numbers) if dataset.is_forecast else None
    sections = {
        "download": _download(dataset, paths),
        "validate": _validate(dataset, gap_numbers),
        "preprocess": _preprocess(dataset, gap_numbers, settings),
        "train": _train(dataset, settings),
        "evaluate": entry("headline", headline(dataset)),
        "report": _report(dataset),
    }
    return join_sections(dataset.data.names, _defaults(dataset), sections)


def _defaults(dataset: NewDataset) -> Iterator[str]:
    """A file of conf/train holds for targets of one kind."""
    if not dataset.has_both_kinds:
        yield from ("defaults:", f"  - /train@train: {next(iter(dataset.target_kinds.values()))}", "  - _self_")


def _download(dataset: NewDataset, paths: Mapping[str, str]) -> Iterator[str]:
    if dataset.data.query is not None:
        for name, value in query_entries(dataset.data.query):
            yield from entry(name, value)
        yield from _series(dataset)
        return
    files = dataset.data.files
    first = next(iter(files.values()))
    yield from source_entries(first)
    table_format = dataset.data.table_format
    assert table_format is not None
    options = table_format.model_dump(exclude_defaults=True)
    if isinstance(table_format, Csv) and (names := options.pop("names", None)):
        yield "  format:"
        for name, value in ({"format": "csv"} | options | {"names": names}).items():
            yield from entry(name, value, 4)
    else:
        yield from entry("format", {"format": table_format.format} | options)
    if dataset.data.columns is not None:
        yield from entry("columns", list(dataset.data.columns))
    yield from _series(dataset)
    yield "  files:"
    for split, file in files.items():
        yield from file_entries(split, file, paths)
    yield from _pictures(dataset)


def _series(dataset: NewDataset) -> Iterator[str]:
    if dataset.time:
        yield from entry("kind", "series")
        yield from entry("time", dataset.time)
        if dataset.time_format:
            yield from entry("time_format", dataset.time_format)
        if dataset.sort:
            yield from entry("sort", True)


def _pictures(dataset: NewDataset) -> Iterator[str]:
    if dataset.pictures:
        yield "  pictures:"
    for column, found in dataset.pictures.items():
        yield f"    {flow(column)}:"
        yield from entry("files", {"path": path_in_conf(found.folder), "sha256": found.sha256}, 6)
        if found.prefix:
            yield from entry("prefix", found.prefix, 6)
        for name, value in found.options.items():
            yield from entry(name, value, 6)


def _validate(dataset: NewDataset, gap_numbers: Mapping[str, float]) -> Iterator[str]:
    yield from entry("columns", [column.name for column in dataset.columns])
    if gaps := [column.name for column in dataset.columns if column.missing]:
        yield from entry("may_be_missing", gaps)
    if dataset.repeated_test_rows:
        comment = f"{repeated_rows(dataset)} of the test file are in the first one too"
        yield from entry("duplicates_across_splits", "report", comment=comment)
    yield "  expectations:"
    yield from _expectation("expect_table_row_count_to_be_between", {"min_value": least_rows(dataset.rows)})
    if dataset.time:
        yield from _expectation("expect_column_values_to_be_increasing", {"column": dataset.time, "strictly": True})
    if dataset.data.has_first_rows_only:
        return  # other rows may have other values
    named = [dataset.column(name) for name in dataset.targets]
    wanted = [*named, *(column for column in dataset.inputs if column not in named)]
    classes = [column for column in named if column.name in dataset.class_targets]
    numbers = [column for column in wanted if column.low is not None and column not in classes]
    for column in [column for column in numbers if column.name not in gap_numbers][:MAX_RANGES]:
        yield from _expectation("expect_column_values_to_be_between", {"column": column.name} | value_range(column))
    for column in (column for column in classes if column.distinct <= MAX_CLASSES):
        values = sorted(dataset.training_frame[column.name].unique().tolist())
        yield from _expectation("expect_column_values_to_be_in_set", {"column": column.name, "value_set": values})


def _expectation(name: str, arguments: Mapping[str, Any]) -> Iterator[str]:
    yield f"    - {name}: {flow(dict(arguments))}"


def _preprocess(
    dataset: NewDataset, gap_numbers: Mapping[str, float], settings: SeriesSettings | None
) -> Iterator[str]:
    yield from entry("targets", targets_entry(dataset))
    if labels := labels_entry(dataset):
        yield from entry("labels", labels)
    if entries := [line for column in dataset.columns for line in _column(column, dataset, gap_numbers)]:
        yield "  columns:"
        yield from entries
    yield from entry("split", split_entry(dataset))
    if settings is not None:
        yield from step_lines(dataset, settings)
        yield from entry("window", settings.window, comment=ALL_STEPS)
        return
    scaling = "minmax" if dataset.time else "standard"
    if any(column.kind in SCALED_KINDS for column in dataset.inputs):
        yield from ("  steps:", f"    - {{step: {scaling}}}")
    if dataset.value_targets:
        yield from ("  target_steps:", f"    - {{step: {scaling}}}")
    if dataset.time:
        yield from entry("window", {"length": default_window(dataset.rows)})


def split_entry(dataset: NewDataset) -> dict[str, Any]:
    test = "given" if dataset.has_test else TEST
    if dataset.time:
        return {"test": test, "validation": VALIDATION, "order": "chronological"}
    if dataset.group is not None and dataset.has_several_blocks:
        return {"test": test, "validation": VALIDATION, "order": "hash", "key": dataset.group, "seed": 0}
    return {"test": test, "validation": VALIDATION, "order": split_order(dataset), "seed": 0}


def split_order(dataset: NewDataset) -> str:
    """Stratified for one target with classes, if they have enough rows."""
    if len(dataset.class_targets) != 1:
        return "shuffled"
    counts = dataset.class_counts(dataset.class_targets[0])
    return "stratified" if can_be_stratified([*counts.values()]) else "shuffled"


def _column(column: ColumnDescription, dataset: NewDataset, gap_numbers: Mapping[str, float]) -> Iterator[str]:
    """A line for a column whose kind is not that of plain numbers."""
    if column.name == dataset.group:
        yield from _group(column.name, dataset)
        return
    if column.name == dataset.time or (column.name in dataset.targets and column not in dataset.inputs):
        return
    if column.kind == "ignore":
        yield from entry(column.name, "ignore", 4, column.reason)
        return
    params, missing = {"kind": column.kind} | _options(column, dataset), column.missing
    if column.name in gap_numbers:
        number = gap_numbers[column.name]
        params["missing_values"] = [int(number)]
        missing += dataset.rows_with(column, number)
    if missing:
        params["missing"] = "forward" if dataset.time else MISSING[column.kind]
    if column.kind == "number" and missing >= max(1, INDICATOR_SHARE * column.rows):
        params["missing_indicator"] = True
    if params != {"kind": "number"}:
        comment = count(missing, "gap") if missing else ""
        yield from entry(column.name, params if len(params) > 1 else column.kind, 4, comment)


def _group(name: str, dataset: NewDataset) -> Iterator[str]:
    if dataset.has_several_blocks:
        yield from entry(name, "ignore", 4, "the key of the split")
    else:
        yield from entry(name, "group", 4)


def _options(column: ColumnDescription, dataset: NewDataset) -> dict[str, Any]:
    if column.kind == "date" and (time_format := date_format(column)):
        return {"format": time_format}
    if column.kind == "category" and column.distinct > MANY_CATEGORIES:
        # The default models read windows of numbers, not of category ids.
        one_hot = dataset.time or (column.distinct <= MAX_ONE_HOT and _one_hot_bytes(dataset) <= MAX_ONE_HOT_BYTES)
        return {"encoding": "one_hot" if one_hot else "embedding", "minimum_count": MINIMUM_COUNT}
    return {}


def _one_hot_bytes(dataset: NewDataset) -> int:
    """What all categories take if each value is a number of 4 bytes."""
    sizes = (c.distinct for c in dataset.inputs if c.kind == "category" and MANY_CATEGORIES < c.distinct <= MAX_ONE_HOT)
    return 4 * dataset.rows * sum(sizes)


def _train(dataset: NewDataset, settings: SeriesSettings | None) -> Iterator[str]:
    model = default_model(dataset.rows)
    if dataset.model is None:
        rows = count(dataset.rows, "row")
        yield f"  # A model for {rows} to begin with: change it and compare with `dvc metrics diff`."
    yield from entry("model", dict(dataset.model or default_layers(model, _model_kind(dataset, settings))))
    if dataset.has_both_kinds:
        for key, values in settings_by_target(dataset):
            yield from entry(key, values)
        yield from entry("optimizer", {"kind": "adam"})
    yield from entry("epochs", model.epochs)
    yield from entry("batch", model.batch)
    yield from entry("early_stopping", {"patience": model.patience})


def _model_kind(dataset: NewDataset, settings: SeriesSettings | None) -> DefaultKind:
    """Which kind forecasts best is measured in docs/explanation/forecasts.md."""
    if settings is not None and settings.season is not None and dataset.rows < LINEAR_BELOW:
        return "linear"
    return "lstm" if dataset.time and settings is None else "mlp"


def _report(dataset: NewDataset) -> Iterator[str]:
    yield from entry("title", dataset.key.replace("_", " ").capitalize())
    names = dataset.data.names
    inputs = count(len(dataset.inputs), "column")
    yield from entry("about", f"{' and '.join(dataset.targets)} from {inputs} of {' and '.join(names)}.")
