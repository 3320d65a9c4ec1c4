"""Rows that changed sides: predicted correctly by one revision and wrongly by the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stages.cli.compare.page.rows.pair_lines import LinePairs, pair_lines
from stages.cli.compare.page.rows.row_inputs import RawRows
from stages.core.artefacts.records.evaluation import ClassesDetail
from stages.report.recorded.line_blocks import BlockValues, count_lines, largest_lines
from stages.report.recorded.recorded_predictions import ClassColumn, Lines, Predictions
from stages.report.rendering.format_text import count, format_percent

MAX_ROWS = 12


@dataclass(frozen=True)
class ClassPrediction:
    """`of_truth` is the probability of the true class, and `width` that of its bar."""

    predicted: str
    correct: bool
    probability: str
    of_truth: str
    width: str


@dataclass(frozen=True)
class ChangedRow:
    """`image` is a data URI, empty if the data are no images."""

    row: int
    truth: str
    base: ClassPrediction
    head: ClassPrediction
    inputs: list[tuple[str, str]]
    image: str


@dataclass(frozen=True)
class ChangedSides:
    """The rows of one direction. `note` says how many are not shown."""

    title: str
    rows: list[ChangedRow]
    note: str


@dataclass(frozen=True)
class ChangedClasses:
    target: str
    sentence: str
    sides: list[ChangedSides]


@dataclass(frozen=True)
class _Target:
    """The predictions of one target in one revision."""

    name: str
    classes: Sequence[str]
    predictions: Predictions

    @property
    def truths(self) -> ClassColumn:
        return self.predictions.classes[f"{self.name}_truth"]

    @property
    def predicted_classes(self) -> ClassColumn:
        return self.predictions.classes[f"{self.name}_predicted"]

    def truth(self, line: int) -> str:
        return self.truths[line]

    def predicted(self, line: int) -> str:
        return self.predicted_classes[line]

    def is_correct(self, line: int) -> bool:
        return self.predicted(line) == self.truth(line)

    def are_correct(self, lines: Lines) -> NDArray[np.bool_]:
        return np.asarray(self.predicted_classes.numbers[lines] == self.truths.numbers[lines])

    def shares_of_truth(self, lines: Lines) -> NDArray[np.float64]:
        """The probabilities of the true classes."""
        truth = self.truths.numbers[lines]
        shares = self.predictions.probabilities[self.name][lines][np.arange(len(truth)), truth]
        return np.asarray(shares, np.float64)

    def probability(self, line: int, name: str) -> float:
        return float(self.predictions.probabilities[self.name][line][list(self.classes).index(name)])

    def prediction(self, line: int) -> ClassPrediction:
        of_truth = self.probability(line, self.truth(line))
        return ClassPrediction(
            predicted=self.predicted(line),
            correct=self.is_correct(line),
            probability=format_percent(self.probability(line, self.predicted(line))),
            of_truth=format_percent(of_truth),
            width=f"{of_truth * 100:.1f}%",
        )


def changed_classes(name: str, base: Predictions, head: Predictions, raw_rows: RawRows | None) -> ChangedClasses | None:
    """None if no prediction of this target differs."""
    before, after = _target(name, base), _target(name, head)
    pairs = pair_lines(before.predictions, after.predictions)
    differ = _differ(before, after, pairs)
    differing = count_lines(pairs.count, differ)
    if not differing:
        return None

    def gained(block: slice) -> NDArray[np.bool_]:
        return differ(block) & after.are_correct(pairs.of_head(block)) & ~before.are_correct(pairs.of_base(block))

    def lost(block: slice) -> NDArray[np.bool_]:
        return differ(block) & before.are_correct(pairs.of_base(block)) & ~after.are_correct(pairs.of_head(block))

    only_head, only_base = count_lines(pairs.count, gained), count_lines(pairs.count, lost)
    sides = [
        _changed_sides("Only head is correct", before, after, pairs, gained, only_head, raw_rows),
        _changed_sides("Only base is correct", before, after, pairs, lost, only_base, raw_rows),
    ]
    sentence = _sentence(pairs.count, only_head, only_base, differing - only_head - only_base)
    return ChangedClasses(name, sentence, [side for side in sides if side.rows])


def _differ(before: _Target, after: _Target, pairs: LinePairs) -> BlockValues:
    """Whether other classes are predicted. The revisions can number their classes differently."""
    names = [*dict.fromkeys([*before.classes, *after.classes])]
    of_base, of_head = (
        np.array([names.index(name) for name in target.classes], np.int64) for target in (before, after)
    )

    def differ(block: slice) -> NDArray[np.bool_]:
        base = of_base[before.predicted_classes.numbers[pairs.of_base(block)]]
        return np.asarray(base != of_head[after.predicted_classes.numbers[pairs.of_head(block)]])

    return differ


def _target(name: str, predictions: Predictions) -> _Target:
    detail = predictions.targets[name]
    assert isinstance(detail, ClassesDetail)
    return _Target(name, detail.classes, predictions.of_last_step())


def _changed_sides(
    title: str,
    before: _Target,
    after: _Target,
    pairs: LinePairs,
    chosen: BlockValues,
    number: int,
    raw_rows: RawRows | None,
) -> ChangedSides:
    """`chosen` are `number` of the pairs. Those with the largest change of the probability of the truth come first."""

    def changes(block: slice) -> NDArray[np.float64]:
        shares = after.shares_of_truth(pairs.of_head(block)), before.shares_of_truth(pairs.of_base(block))
        return np.where(chosen(block), np.abs(shares[0] - shares[1]), -np.inf)

    # Of equal changes, by the number of the row.
    shown = largest_lines(
        pairs.count, changes, MAX_ROWS, order=lambda block: after.predictions.rows[pairs.of_head(block)]
    )
    base_lines, head_lines = ([_line(lines, pair) for pair in shown] for lines in (pairs.base, pairs.head))
    numbers = [int(after.predictions.rows[line]) for line in head_lines]
    images = raw_rows.images(numbers) if raw_rows and shown else [""] * len(shown)
    rows = [
        ChangedRow(
            row=row,
            truth=after.truth(b),
            base=before.prediction(a),
            head=after.prediction(b),
            inputs=raw_rows.inputs(row) if raw_rows else [],
            image=image,
        )
        for a, b, row, image in zip(base_lines, head_lines, numbers, images, strict=True)
    ]
    hidden = number - len(shown)
    note = f"The {MAX_ROWS} with the largest change of probability are shown; {hidden:,} are not." if hidden else ""
    return ChangedSides(f"{title}: {count(number, 'row')}", rows, note)


def _line(lines: Lines, pair: int) -> int:
    return pair if isinstance(lines, slice) else int(lines[pair])


def _sentence(rows: int, gained: int, lost: int, both_wrong: int) -> str:
    """
    >>> _sentence(30, 2, 1, 0)
    'Of 30 rows, 2 are predicted correctly only by head, and 1 only by base.'
    """
    sentence = (
        f"Of {count(rows, 'row')}, {gained:,} {_are(gained)} predicted correctly only by head, "
        f"and {lost:,} only by base."
    )
    if both_wrong:
        sentence += f" {both_wrong:,} {_are(both_wrong)} wrong in both, with another class."
    return sentence


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
