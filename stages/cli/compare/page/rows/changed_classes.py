"""Rows that changed sides: predicted correctly by one revision and wrongly by the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stages.cli.compare.page.rows.pair_lines import pair_lines
from stages.cli.compare.page.rows.raw_rows import RawRows
from stages.core.artefacts.records.evaluation import ClassesDetail
from stages.report.dataset_results import Predictions
from stages.report.format_text import count, format_percent

MAX_ROWS = 12


@dataclass(frozen=True)
class ClassPrediction:
    """`of_truth` is the probability of the true class, and `width` that of its bar; empty if it is not known."""

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

    def truth(self, line: int) -> str:
        return self.predictions.columns[f"{self.name}_truth"][line]

    def predicted(self, line: int) -> str:
        return self.predictions.columns[f"{self.name}_predicted"][line]

    def is_correct(self, line: int) -> bool:
        return self.predicted(line) == self.truth(line)

    def probability(self, line: int, name: str) -> float | None:
        """That of a class; None if the revision has no such class."""
        if name not in self.classes:
            return None
        return float(self.predictions.probabilities[self.name][line][list(self.classes).index(name)])

    def prediction(self, line: int) -> ClassPrediction:
        of_truth = self.probability(line, self.truth(line))
        return ClassPrediction(
            predicted=self.predicted(line),
            correct=self.is_correct(line),
            probability=format_percent(self.probability(line, self.predicted(line))),
            of_truth=format_percent(of_truth),
            width="" if of_truth is None else f"{of_truth * 100:.1f}%",
        )


def changed_classes(name: str, base: Predictions, head: Predictions, raw_rows: RawRows | None) -> ChangedClasses | None:
    """None if no prediction of this target differs."""
    before, after = _target(name, base), _target(name, head)
    pairs = pair_lines(before.predictions, after.predictions)
    differing = [(a, b) for a, b in pairs if before.predicted(a) != after.predicted(b)]
    if not differing:
        return None
    gained = [(a, b) for a, b in differing if after.is_correct(b) and not before.is_correct(a)]
    lost = [(a, b) for a, b in differing if before.is_correct(a) and not after.is_correct(b)]
    sides = [
        _changed_sides("Only head is correct", before, after, gained, raw_rows),
        _changed_sides("Only base is correct", before, after, lost, raw_rows),
    ]
    sentence = _sentence(len(pairs), len(gained), len(lost), len(differing) - len(gained) - len(lost))
    return ChangedClasses(name, sentence, [side for side in sides if side.rows])


def _target(name: str, predictions: Predictions) -> _Target:
    detail = predictions.targets[name]
    assert isinstance(detail, ClassesDetail)
    return _Target(name, detail.classes, predictions.of_last_step())


def _changed_sides(
    title: str, before: _Target, after: _Target, lines: Sequence[tuple[int, int]], raw_rows: RawRows | None
) -> ChangedSides:
    shown = sorted(lines, key=_largest_change_first(before, after))[:MAX_ROWS]
    numbers = [after.predictions.rows[line] for _, line in shown]
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
        for (a, b), row, image in zip(shown, numbers, images, strict=True)
    ]
    hidden = len(lines) - len(shown)
    note = f"The {MAX_ROWS} with the largest change of probability are shown; {hidden:,} are not." if hidden else ""
    return ChangedSides(f"{title}: {count(len(lines), 'row')}", rows, note)


def _largest_change_first(before: _Target, after: _Target) -> Callable[[tuple[int, int]], tuple[float, int]]:
    """By the probability of the true class, then by the number of the row."""

    def order(lines: tuple[int, int]) -> tuple[float, int]:
        a, b = lines
        shares = before.probability(a, before.truth(a)), after.probability(b, after.truth(b))
        return -abs((shares[1] or 0.0) - (shares[0] or 0.0)), after.predictions.rows[b]

    return order


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
