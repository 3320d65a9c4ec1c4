"""`restage new`: looks at a table, and writes, checks and adds a dataset of conf/dataset for it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from stages.cli.datasets.list_datasets import align_columns
from stages.cli.datasets.suite_files import dataset_file
from stages.cli.new.conf_text.choose_model import choose_model, model_files
from stages.cli.new.conf_text.conf_text import conf_text
from stages.cli.new.describe.describe_columns import ColumnDescription
from stages.cli.new.describe.find_problems import Leak, find_leaks, find_problems, gap_number, is_in_order
from stages.cli.new.describe.new_dataset import (
    NewDataset,
    TargetKind,
    check_group,
    check_targets,
    columns_of_windows,
    describe_columns,
    find_column,
    find_time_format,
    suggested_target_kind,
    whole_frame,
)
from stages.cli.new.pictures.find_picture_columns import find_picture_columns, with_picture_columns
from stages.cli.new.questions import Questions, Storage
from stages.cli.new.read.chosen_repository import chosen_repository
from stages.cli.new.read.new_files import NewData, NewFile, find_file, read_new_data
from stages.cli.new.read.read_query import NewQuery, read_query
from stages.cli.new.write.check_dataset import check_dataset
from stages.cli.new.write.store_data import Copy, check_copies, copies_of_files, is_in_repository, path_in_conf
from stages.cli.new.write.write_dataset import write_dataset
from stages.config.compose_conf import check_conf_exists
from stages.core.artefacts.raw.raw_data import ALL
from stages.core.errors import ErrorList, UserError
from stages.core.paths import check_key
from stages.report.rendering.format_text import DASH, count


@dataclass(frozen=True)
class NewOptions:
    """`model` is a kind, or a function in conf/models as in `mine.py:build`; None is the default.

    `storage` says where a file stays; None decides by whether it lies in the repository.

    A query takes the place of a file, whose name is empty then.
    """

    file: str
    targets: Sequence[str] = ()
    key: str | None = None
    time: str | None = None
    text: str | None = None
    test: str | None = None
    group: str | None = None
    model: str | None = None
    sheet: str | None = None
    repo: str | None = None
    rev: str | None = None
    dry_run: bool = False
    yes: bool = False
    storage: Storage | None = None
    query: NewQuery | None = None


def new(options: NewOptions) -> None:
    check_conf_exists()
    key = choose_key(options)
    questions = Questions(options.yes)
    data = read_data(options)
    dataset, leaks = describe_dataset(key, data, options, questions)
    gap_numbers = find_gap_numbers(dataset)
    print_columns(dataset)
    print_problems(find_problems(dataset, leaks, gap_numbers))
    copies = choose_copies(key, data.files, options, questions)
    here = paths_here(data)
    check_dataset(key, conf_text(dataset, here, gap_numbers), data)
    text = conf_text(dataset, {split: copy.target.as_posix() for split, copy in copies.items()} or here, gap_numbers)
    if options.dry_run:
        print(f"\n{dataset_file(key)} would be:\n\n{text}", end="")
        return
    write_dataset(
        key,
        text,
        copies=list(copies.values()),
        outside=names_outside(data.files),
        model_files=model_files(dataset.model),
    )


def proposed_conf(options: NewOptions) -> str:
    """Return what `restage new` would write, for files that stay where they are."""
    data = read_data(options)
    dataset, _ = describe_dataset(choose_key(options), data, options, Questions(options.yes))
    return conf_text(dataset, paths_here(data), find_gap_numbers(dataset))


def find_gap_numbers(dataset: NewDataset) -> dict[str, float]:
    """Return the number that stands for a gap, for each input column that has one."""
    frame = whole_frame(dataset.data)
    return {
        column.name: number
        for column in dataset.inputs
        if column.kind == "number" and (number := gap_number(column, frame[column.name].dropna())) is not None
    }


def paths_here(data: NewData) -> dict[str, str]:
    return {split: path_in_conf(file.path) for split, file in data.files.items() if file.address is None}


def choose_key(options: NewOptions) -> str:
    """That of --key, or the name of the file or table as a key. Raises UserError if the dataset exists."""
    if options.key is not None:
        key = check_key(options.key)
    else:
        stem = options.query.table if options.query else options.file.rpartition("/")[2].split(".")[0]
        key = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")
        if not key:
            name = "the table of the query" if options.query else options.file
            raise UserError(f"{name}: its name has no letter a to z or digit; name the dataset with --key")
    if dataset_file(key).exists():
        raise UserError(f"{dataset_file(key)}: exists; choose another name with --key, or `restage remove {key}` first")
    return key


def read_data(options: NewOptions) -> NewData:
    if options.time and options.text:
        raise UserError("--text: the windows of a series cannot have texts; leave --text or --time out")
    if options.query is not None:
        return read_query(options.query, is_series=options.time is not None)
    repository = chosen_repository(options.repo, options.rev)
    if options.test is None:
        return read_new_data({ALL: find_file(options.file, repository)}, options.time, options.sheet)
    files = {"train": find_file(options.file, repository), "test": find_file(options.test, repository)}
    if len({file.address is None for file in files.values()}) > 1:
        raise UserError("--test: one file has an address and the other one is on this machine; download both first")
    data = read_new_data(files, options.time, options.sheet)
    train, test = (list(frame.columns) for frame in data.frames.values())
    if train != test:
        raise UserError(f"--test: its columns are {', '.join(test)}; those of the first file are {', '.join(train)}")
    return data


def describe_dataset(
    key: str, data: NewData, options: NewOptions, questions: Questions
) -> tuple[NewDataset, list[Leak]]:
    model = None if options.model is None else choose_model(options.model).section
    columns = describe_columns(data, options.text)
    # A model of a series has windows, which pictures cannot have, and what is predicted is no picture.
    inputs = (
        []
        if options.time
        else [column.name for column in columns if column.name not in {options.group, *options.targets}]
    )
    pictures = find_picture_columns(data, whole_frame(data)[inputs])
    columns = with_picture_columns(columns, pictures)
    kinds = choose_targets(columns, options, questions)
    check_columns(columns, kinds, options)
    time_format = None if options.time is None else find_time_format(data, options.time)
    in_order = options.time is None or all(is_in_order(f[options.time], time_format) for f in data.frames.values())
    if options.time:
        columns = columns_of_windows(columns, kinds)
    leaks = [] if options.time else find_leaks(whole_frame(data), kinds, options.group)
    copies = {leak.column: leak.target for leak in leaks if leak.is_copy}
    columns = [
        replace(column, kind="ignore", reason=f"a copy of {copies[column.name]}") if column.name in copies else column
        for column in columns
    ]
    dataset = NewDataset(
        key,
        data,
        columns,
        kinds,
        options.time,
        time_format,
        sort=not in_order,
        group=options.group,
        model=model,
        pictures=pictures,
    )
    if not dataset.inputs:
        raise UserError(f"no column is left to predict {', '.join(kinds)} from")
    return dataset, leaks


def check_columns(columns: Sequence[ColumnDescription], kinds: Mapping[str, TargetKind], options: NewOptions) -> None:
    """Raise UserError with all that is wrong with the targets and the group."""
    errors = ErrorList()
    with errors.collect():
        check_targets(columns, kinds)
    if options.group is not None:
        errors.check(options.group != options.text, f"--text, --group: both name {options.group}; leave one out")
        with errors.collect():
            group = find_column("--group", options.group, columns)
            check_group(group, list(kinds), is_series=options.time is not None, splits=2 if options.test else 3)
    errors.raise_if_any()


def choose_targets(
    columns: Sequence[ColumnDescription], options: NewOptions, questions: Questions
) -> dict[str, TargetKind]:
    """The kind of each target."""
    names = [column.name for column in columns if column.name not in (options.time, options.group)]
    targets = dict.fromkeys(options.targets or [questions.target(names)])
    errors, named = ErrorList(), []
    for target in targets:
        with errors.collect():
            named.append(find_column("--target", target, columns))
    errors.raise_if_any()
    return {column.name: choose_target_kind(column, options, questions) for column in named}


def choose_target_kind(column: ColumnDescription, options: NewOptions, questions: Questions) -> TargetKind:
    """Numbers of a series are values. Other whole numbers may be either, so that a terminal asks."""
    if options.time is not None and column.low is not None:
        return "values"
    suggested = suggested_target_kind(column)
    is_open = column.low is not None and column.whole and 2 < column.distinct <= 20
    return questions.target_kind(column.name, column.distinct, suggested) if is_open else suggested


def print_columns(dataset: NewDataset) -> None:
    data = dataset.data
    print(f"{', '.join(data.names)}: {count(dataset.rows, 'row')}, {count(len(dataset.columns), 'column')}\n")
    for split, file in data.files.items():
        if file.first_rows is not None:
            print(f"{file.name}: a large file; only the first {data.rows[split]:,} rows were looked at\n")
    if data.is_sampled:
        rows = count(sum(map(len, data.frames.values())), "row")
        print(
            f"a large table: gaps, ranges and classes are those of all rows; the rest follows from {rows}. "
            "Repeated rows are found by `restage run`.\n"
        )
    lines = [
        (column.name, kind_in_table(column, dataset), column.values, f"{column.missing:,}" if column.missing else DASH)
        for column in dataset.columns
    ]
    print("\n".join(align_columns([("column", "kind", "values", "gaps"), *lines])))


def kind_in_table(column: ColumnDescription, dataset: NewDataset) -> str:
    if column.name == dataset.time:
        return "time"
    if column.name == dataset.group:
        return "group"
    if column.name in dataset.targets:
        return f"target, {dataset.target_kinds[column.name]}"
    return "ignored" if column.kind == "ignore" else column.kind


def print_problems(problems: Sequence[str]) -> None:
    if problems:
        print("\nLook at these:")
        for problem in problems:
            print(f"- {problem}")


def choose_copies(key: str, files: Mapping[str, NewFile], options: NewOptions, questions: Questions) -> dict[str, Copy]:
    """The copies to make; none if the files stay where they are."""
    copies = copies_of_files(key, files) if questions.copies(names_outside(files), options.storage) else {}
    check_copies(copies.values())
    return copies


def names_outside(files: Mapping[str, NewFile]) -> list[str]:
    """The names of the files on this machine that lie outside the repository."""
    return [file.name for file in files.values() if file.address is None and not is_in_repository(file.path)]
