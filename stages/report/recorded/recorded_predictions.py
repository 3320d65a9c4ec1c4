"""The lines of predictions.csv."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.records.evaluation import ClassesDetail, TargetDetail
from stages.report.recorded.line_blocks import line_blocks

NO_STEPS = np.zeros(0, np.int64)


@dataclass(frozen=True)
class ClassColumn(Sequence[str]):
    """The name of a class in each line, stored as its number.

    >>> ClassColumn(["a", "b"], np.array([1, 0]))[0]
    'b'
    """

    names: Sequence[str]
    numbers: NDArray[np.integer]

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, line: int) -> str: ...
    @overload
    def __getitem__(self, line: slice) -> list[str]: ...
    def __getitem__(self, line: int | slice) -> str | list[str]:
        if isinstance(line, slice):
            return [self.names[number] for number in self.numbers[line].tolist()]
        return self.names[int(self.numbers[line])]


Values = NDArray[np.float64]
Lines = slice | NDArray[np.int64]


@dataclass(frozen=True)
class Predictions:
    """One entry per line of predictions.csv: `rows` are the numbers of the raw rows.

    `classes` and `values` are the other columns. With several steps ahead, a sample has one line for each step, and
    `steps` holds the step of each line; else it is empty. `probabilities` has an array for each target with classes.
    """

    split: str
    targets: Mapping[str, TargetDetail]
    rows: NDArray[np.int64]
    classes: Mapping[str, ClassColumn]
    values: Mapping[str, Values]
    probabilities: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    steps: NDArray[np.int64] = field(default_factory=lambda: NO_STEPS)

    @property
    def columns(self) -> list[str]:
        """Those of each target together."""
        found = []
        for name, detail in self.targets.items():
            of_target = [name] if isinstance(detail, ClassesDetail) else detail.columns
            ends = ("truth", "predicted", "probability", "lower", "upper")
            found += [f"{column}_{end}" for column in of_target for end in ends]
        return [name for name in found if name in self.classes or name in self.values]

    @property
    def samples(self) -> int:
        return len(self.rows) // len(step_numbers(self.steps)) if len(self.steps) else len(self.rows)

    def of_last_step(self) -> "Predictions":
        """One line for each sample: that of the last step ahead, which the classes of a sample belong to."""
        if not len(self.steps):
            return self
        lines = lines_of_step(self.steps, step_numbers(self.steps)[-1])
        return replace(
            self,
            rows=self.rows[lines],
            classes={name: ClassColumn(column.names, column.numbers[lines]) for name, column in self.classes.items()},
            values={name: column[lines] for name, column in self.values.items()},
            steps=NO_STEPS,
        )


def from_texts(
    split: str,
    targets: Mapping[str, TargetDetail],
    rows: Sequence[int],
    columns: Mapping[str, Sequence[str]],
    probabilities: Mapping[str, NDArray[np.float32]],
    steps: Sequence[int] = (),
) -> Predictions:
    """`columns` are those of a CSV file. An empty text of a number stands for a missing one.

    Raises KeyError for a class that is not one of the target.
    """
    names = class_columns(targets)
    classes, values = {}, {}
    for name, texts in columns.items():
        if name in names:
            numbers = {text: number for number, text in enumerate(names[name])}
            classes[name] = ClassColumn(names[name], np.array([numbers[text] for text in texts], np.int32))
        else:
            values[name] = np.array([text or "nan" for text in texts], np.float64)
    of_rows, of_steps = np.array(rows, np.int64), np.array(steps, np.int64)
    return Predictions(split, targets, of_rows, classes, values, probabilities, of_steps)


def class_columns(targets: Mapping[str, TargetDetail]) -> dict[str, list[str]]:
    """The names of the columns that have classes, each with these classes."""
    return {
        f"{name}_{end}": detail.classes
        for name, detail in targets.items()
        if isinstance(detail, ClassesDetail)
        for end in ("truth", "predicted")
    }


def step_numbers(steps: NDArray[np.int64]) -> list[int]:
    """The different steps, in ascending order.

    >>> step_numbers(np.array([1, 2, 3, 1, 2, 3]))
    [1, 2, 3]
    """
    found: set[int] = set()
    for block in line_blocks(len(steps)):
        found.update(np.unique(steps[block]).tolist())
    return sorted(found)


def lines_of_step(steps: NDArray[np.int64], step: int) -> Lines:
    """A slice where each sample has the same steps in the same order, as evaluate writes them.

    >>> lines_of_step(np.array([1, 2, 1, 2]), 2), lines_of_step(np.array([1, 1, 2, 2]), 2)
    (slice(1, None, 2), array([2, 3]))
    """
    period = len(step_numbers(steps))
    if is_periodic(steps, period):
        return slice(steps[:period].tolist().index(step), None, period)
    return np.flatnonzero(steps == step)


def is_periodic(steps: NDArray[np.int64], period: int) -> bool:
    """
    >>> is_periodic(np.array([1, 2, 1, 2]), 2), is_periodic(np.array([1, 2, 2]), 2)
    (True, False)
    """
    last = len(steps) - period
    return len(steps) % period == 0 and all(
        np.array_equal(steps[block], steps[block.start + period : block.stop + period])
        for block in line_blocks(max(0, last))
    )
