"""A new dataset: its columns, what is predicted, and what was found wrong. What conf/ says follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from stages.cli.new.describe.describe_columns import MAX_ONE_HOT, ColumnDescription, describe_column
from stages.cli.new.pictures.find_picture_columns import PictureFolder
from stages.cli.new.read.new_files import NewData
from stages.core.artefacts.raw.raw_data import ALL
from stages.core.artefacts.raw.table_blocks import default_block_rows
from stages.core.errors import ErrorList, UserError, format_examples, suggest
from stages.download.formats.tables.time_formats import ISO, guess_time_format
from stages.report.rendering.format_text import count

if TYPE_CHECKING:
    import pandas as pd

TargetKind = Literal["classes", "values"]
# Whole numbers with at most this many different values are classes, if each has some rows.
NUMBER_CLASSES, ROWS_OF_A_CLASS = 10, 5
# Texts with more values than this share of the rows are no classes.
CLASSES_SHARE = 0.2
MIN_ROWS = 10


@dataclass(frozen=True)
class NewDataset:
    """`columns` are all columns of the file, targets and time included. `time_format` is None for ISO 8601.

    `sort` is true for a series whose rows are not in order of time. Rows with the same value of `group` are in one
    split. `model` is the section of conf/ that was chosen; without it there is a default. `pictures` has the folder of
    each column of paths.
    """

    key: str
    data: NewData
    columns: Sequence[ColumnDescription]
    target_kinds: Mapping[str, TargetKind]
    time: str | None = None
    time_format: str | None = None
    sort: bool = False
    group: str | None = None
    model: Mapping[str, Any] | None = None
    pictures: Mapping[str, PictureFolder] = field(default_factory=dict)

    @property
    def targets(self) -> list[str]:
        return list(self.target_kinds)

    @property
    def class_targets(self) -> list[str]:
        return [name for name, kind in self.target_kinds.items() if kind == "classes"]

    @property
    def value_targets(self) -> list[str]:
        return [name for name, kind in self.target_kinds.items() if kind == "values"]

    @property
    def has_both_kinds(self) -> bool:
        return bool(self.class_targets and self.value_targets)

    @property
    def is_forecast(self) -> bool:
        """Whether later values of a series are predicted, and no classes."""
        return self.time is not None and not self.class_targets

    @property
    def inputs(self) -> list[ColumnDescription]:
        """The columns that the model reads. Those of a series may be targets too: it reads their earlier values."""
        others = {self.time} if self.time else {self.group, *self.targets}
        return [column for column in self.columns if column.name not in others and column.kind != "ignore"]

    @property
    def ignored(self) -> list[ColumnDescription]:
        return [c for c in self.columns if c.kind == "ignore" and c.name not in {self.time, self.group, *self.targets}]

    @property
    def rows(self) -> int:
        """How many were looked at."""
        return sum(self.data.rows.values())

    @property
    def has_several_blocks(self) -> bool:
        """Whether download stores a split in several blocks, in which groups cannot be drawn from all rows."""
        return max(self.data.rows.values()) > default_block_rows(len(self.columns))

    @property
    def training_frame(self) -> "pd.DataFrame":
        return next(iter(self.data.frames.values()))

    @property
    def has_test(self) -> bool:
        return ALL not in self.data.frames

    @property
    def repeated_test_rows(self) -> int:
        """How many rows of the test file are in the training file too."""
        if not self.has_test:
            return 0
        from pandas.util import hash_pandas_object

        train, test = (hash_pandas_object(frame, index=False) for frame in self.data.frames.values())
        return int(test.isin(train).sum())

    def class_counts(self, name: str) -> dict[str, int]:
        """How many training rows each class of a target has; all rows that were looked at, if they are many."""
        if self.data.is_sampled and (counts := self.data.totals[name].counts) is not None:
            return {str(value): rows for value, rows in sorted(counts.items())}
        rows = self.training_frame[name].astype("str").value_counts().sort_index()
        return {str(value): int(number) for value, number in rows.items()}

    def rows_with(self, column: ColumnDescription, number: float) -> int:
        """How many rows have this number, which is the lowest or the highest one."""
        if self.data.is_sampled:
            totals = self.data.totals[column.name]
            return totals.low_rows if number == totals.low else totals.high_rows
        return int((self.training_frame[column.name] == number).sum())

    def column(self, name: str) -> ColumnDescription:
        return next(column for column in self.columns if column.name == name)


def describe_columns(data: NewData, text: str | None = None) -> list[ColumnDescription]:
    """All rows are described, those of a test file too: what is written must fit them."""
    frame = whole_frame(data)
    columns = [describe_column(name, frame[name], data.totals.get(name)) for name in frame.columns]
    if text is None:
        return columns
    find_column("--text", text, columns)
    return [replace(column, kind="text", reason="") if column.name == text else column for column in columns]


def columns_of_windows(
    columns: Sequence[ColumnDescription], target_kinds: Mapping[str, TargetKind]
) -> list[ColumnDescription]:
    """The columns without texts, which a window cannot have, and without large categories. The targets are read too."""
    return [_column_of_windows(column, target_kinds.get(column.name)) for column in columns]


def _column_of_windows(column: ColumnDescription, target_kind: TargetKind | None) -> ColumnDescription:
    if target_kind == "values":
        return replace(column, kind="number", reason="")
    if target_kind == "classes":
        return replace(column, kind="boolean" if column.kind == "boolean" else "category", reason="")
    if column.kind == "text":
        return replace(column, kind="ignore", reason="texts, which the windows of a series cannot have")
    if column.kind == "category" and column.distinct > MAX_ONE_HOT:
        reason = f"{column.distinct:,} categories, more than the {MAX_ONE_HOT} of a one-hot encoding"
        return replace(column, kind="ignore", reason=reason)
    return column


def whole_frame(data: NewData) -> "pd.DataFrame":
    import pandas as pd

    frames = list(data.frames.values())
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def find_column(option: str, name: str, columns: Sequence[ColumnDescription]) -> ColumnDescription:
    """Raise UserError if the file has no such column."""
    by_name = {column.name: column for column in columns}
    if name not in by_name:
        raise UserError(f"{option}: no column {name!r}; {suggest(name, list(by_name))}")
    return by_name[name]


def suggested_target_kind(target: ColumnDescription) -> TargetKind:
    """Texts and truth values are classes, and so are a few whole numbers."""
    if target.kind in ("category", "boolean", "text", "ignore") and target.low is None:
        return "classes"
    if target.low is not None and target.whole:
        few = target.distinct <= min(NUMBER_CLASSES, (target.rows - target.missing) / ROWS_OF_A_CLASS)
        return "classes" if few else "values"
    return "values"


def check_targets(columns: Sequence[ColumnDescription], kinds: Mapping[str, TargetKind]) -> None:
    """Raise UserError with what makes it impossible to predict these columns."""
    errors, by_name = ErrorList(), {column.name: column for column in columns}
    for name in kinds:
        target = by_name[name]
        present = target.rows - target.missing
        errors.check(
            not target.missing,
            f"column {name}: no value in {target.missing:,} of {target.rows:,} rows; a target needs a value in every "
            "row, so take those rows out of the file",
        )
        errors.check(target.distinct > 1, f"column {name}: the same value in every row; there is nothing to predict")
        too_many = target.low is None and target.distinct > max(2, present * CLASSES_SHARE)
        errors.check(
            not (kinds[name] == "classes" and too_many),
            f"column {name}: {target.distinct:,} different texts in {target.rows:,} rows, which are no classes; "
            "choose another target",
        )
        errors.check(target.kind != "date", f"column {name}: dates cannot be predicted; choose another target")
    rows = columns[0].rows
    errors.check(rows >= MIN_ROWS, f"{rows} rows; at least {MIN_ROWS} are needed for training, validation and test")
    errors.raise_if_any()


def check_group(group: ColumnDescription, targets: Sequence[str], is_series: bool, splits: int) -> None:
    """Raise UserError with what makes it impossible to draw the rows by this column."""
    errors, name, present = ErrorList(), group.name, group.rows - group.missing
    errors.check(name not in targets, f"--group: {name} is a target; name another column")
    errors.check(not is_series, "--group: the rows of a group are no series; leave --group or --time out")
    errors.check(
        not group.missing,
        f"--group: column {name} has no value in {group.missing:,} of {group.rows:,} rows; take those rows out of the "
        "file",
    )
    errors.check(
        group.distinct < present,
        f"--group: column {name} has another value in each of {group.rows:,} rows, so that a group is one row; name a "
        "column whose values are repeated, or leave --group out",
    )
    errors.check(
        group.distinct >= splits,
        f"--group: column {name} has {count(group.distinct, 'value')}; at least {splits} are needed, one a split",
    )
    errors.raise_if_any()


def find_time_format(data: NewData, time: str) -> str | None:
    """The format of the times of a series; None for ISO 8601. Raises UserError if no usual format fits."""
    import pandas as pd

    column = whole_frame(data)[time]
    if column.isna().any():
        raise UserError(f"column {time}: no time in {int(column.isna().sum()):,} rows; take them out of the file")
    if pd.api.types.is_datetime64_any_dtype(column):
        return None
    formats = guess_time_format(list(map(str, column)))
    if not formats:
        examples = format_examples(map(repr, column.iloc[:3]))
        raise UserError(f"column {time}: {examples} are no times that are known; name another column with --time")
    return None if formats[0] == ISO else formats[0]
