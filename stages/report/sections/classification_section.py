"""What a classifier answered: which classes it takes for which, and a few answers with their probabilities."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw import Images, RawData, Table, Tokens
from stages.report.charts.image_data_uris import data_uris
from stages.report.format_text import NOTHING, count, percent
from stages.report.read_results import Predictions
from stages.report.sample_rows import input_cells, picture_at, spread
from stages.report.sample_texts import text_cells

LARGEST_TABLE = 20
MOST_PAIRS = 15
MOST_CLASSES = 50
MOST_BARS = 5


@dataclass(frozen=True)
class Cell:
    """`heat` is how much of the row's truth ended here."""

    count: int
    heat: str
    strong: bool
    right: bool
    tip: str


@dataclass(frozen=True)
class Confusion:
    classes: list[str]
    rows: list[tuple[str, list[Cell]]]


@dataclass(frozen=True)
class Pair:
    truth: str
    predicted: str
    count: int
    share: str


@dataclass(frozen=True)
class ClassRow:
    name: str
    precision: str
    recall: str
    f1: str
    support: int


@dataclass(frozen=True)
class Chance:
    """One class's probability as a bar."""

    name: str
    text: str
    width: str
    truth: bool


@dataclass(frozen=True)
class Answer:
    picture: str
    about: list[tuple[str, str]]
    truth: str
    predicted: str
    right: bool
    chances: list[Chance]


@dataclass(frozen=True)
class ClassAnswers:
    name: str
    confusion: Confusion | None
    pairs: list[Pair]
    pairs_sentence: str
    per_class: list[ClassRow]
    per_class_note: str
    answers: list[Answer]
    answers_sentence: str


def class_answers(name: str, found: Predictions, raw: RawData, processed: ProcessedData, many: int) -> ClassAnswers:
    target = found.targets[name]
    classes, confusion = target["classes"], target["confusion"]
    few, pairs = len(classes) <= LARGEST_TABLE, confused(classes, confusion)
    return ClassAnswers(
        name=name,
        confusion=table(classes, confusion) if few else None,
        pairs=[] if few else pairs[:MOST_PAIRS],
        pairs_sentence=_pairs_sentence(len(classes), pairs),
        per_class=per_class(target["per_class"]),
        per_class_note=_per_class_note(len(target["per_class"])),
        answers=answers(name, classes, found, raw, processed, many),
        answers_sentence=_answers_sentence(found.columns[f"{name}_truth"], found.columns[f"{name}_predicted"]),
    )


def table(classes: Sequence[str], confusion: Sequence[Sequence[int]]) -> Confusion:
    return Confusion(list(classes), [(c, _cells(classes, i, confusion[i])) for i, c in enumerate(classes)])


def _cells(classes: Sequence[str], truth: int, counts: Sequence[int]) -> list[Cell]:
    total = sum(counts)
    return [_cell(classes[truth], classes[i], many, total) for i, many in enumerate(counts)]


def _cell(truth: str, predicted: str, many: int, total: int) -> Cell:
    right = truth == predicted
    share = many / total if total else 0.0
    # A rare mistake would vanish beside a full diagonal.
    heat = 0.85 * (share if right else math.sqrt(share))
    tip = f"{many:,} of {total:,} {truth} taken for {predicted}"
    return Cell(many, f"{heat:.2f}", heat > 0.5, right, tip)


def confused(classes: Sequence[str], confusion: Sequence[Sequence[int]]) -> list[Pair]:
    """Which class is taken for which other one, most often first.

    >>> [(p.truth, p.predicted, p.count) for p in confused(["a", "b"], [[5, 1], [2, 7]])]
    [('b', 'a', 2), ('a', 'b', 1)]
    """
    wrong = [
        (many, truth, predicted)
        for truth, counts in enumerate(confusion)
        for predicted, many in enumerate(counts)
        if many and truth != predicted
    ]
    wrong.sort(key=lambda found: (-found[0], found[1], found[2]))
    return [Pair(classes[t], classes[p], many, percent(many / sum(confusion[t]))) for many, t, p in wrong]


def _pairs_sentence(classes: int, pairs: Sequence[Pair]) -> str:
    if not pairs:
        return "No class is taken for another one."
    return f"With {classes:,} classes a whole table would not be read; these are the ones it confuses most."


def per_class(listed: Sequence[Mapping[str, Any]]) -> list[ClassRow]:
    """Of very many classes the ones it does worst on."""
    if len(listed) > MOST_CLASSES:
        listed = sorted(listed, key=lambda entry: entry["f1"] or 0.0)[:MOST_CLASSES]
    return [_class_row(entry) for entry in listed]


def _class_row(entry: Mapping[str, Any]) -> ClassRow:
    f1 = NOTHING if entry["f1"] is None else f"{entry['f1']:.3f}"
    return ClassRow(entry["class"], percent(entry["precision"]), percent(entry["recall"]), f1, entry["support"])


def _per_class_note(classes: int) -> str:
    return f"The {MOST_CLASSES} with the lowest F1, of {classes:,} classes." if classes > MOST_CLASSES else ""


def _answers_sentence(truth: Sequence[str], predicted: Sequence[str]) -> str:
    wrong = sum(t != p for t, p in zip(truth, predicted, strict=True))
    if not wrong:
        return f"None of {count(len(truth), 'answer')} is wrong; these are some of them."
    first = "is wrong. It comes" if wrong == 1 else "are wrong. The ones it was surest of come"
    return f"{wrong:,} of {count(len(truth), 'answer')} {first} first, then some it got right."


def answers(
    name: str, classes: Sequence[str], found: Predictions, raw: RawData, processed: ProcessedData, many: int
) -> list[Answer]:
    truth, said = found.columns[f"{name}_truth"], found.columns[f"{name}_predicted"]
    chances = found.probabilities[name]
    places = chosen(truth, said, found.values(f"{name}_probability"), many)
    rows = [found.rows[place] for place in places]
    pictures = data_uris([picture_at(raw, r) for r in rows]) if isinstance(raw, Images) else [""] * len(rows)
    about = [_about(raw, processed, row) for row in rows]
    return [
        Answer(uri, cells, truth[p], said[p], truth[p] == said[p], bars(classes, chances[p], truth[p]))
        for uri, cells, p in zip(pictures, about, places, strict=True)
    ]


def _about(raw: RawData, processed: ProcessedData, row: int) -> list[tuple[str, str]]:
    """What was asked, where no picture shows it."""
    match raw:
        case Images():
            return []
        case Tokens():
            return text_cells(raw, row)
        case Table():
            return input_cells(raw, processed.fitted, row)


def chosen(truth: Sequence[str], said: Sequence[str], sure: Sequence[float], many: int) -> list[int]:
    """Wrong answers first, the surest of them before others; right ones, of every class in turn, fill at least half.

    >>> chosen("aabb", "abba", [0.9, 0.6, 0.8, 0.7], 3)
    [3, 1, 0]
    """
    wrong = sorted((i for i in range(len(truth)) if truth[i] != said[i]), key=lambda i: -sure[i])
    right = [i for i in range(len(truth)) if truth[i] == said[i]]
    shown = wrong[: many - min(len(right), many // 2)]
    others = spread(len(right), np.array([truth[i] for i in right]), many - len(shown))
    return shown + [right[place] for place in others]


def bars(classes: Sequence[str], chances: NDArray[Any], truth: str) -> list[Chance]:
    """The likeliest classes, and the true one wherever it stands."""
    order = np.argsort(-chances, kind="stable").tolist()
    shown = order[:MOST_BARS]
    shown += [i for i in order[MOST_BARS:] if classes[i] == truth]
    return [
        Chance(classes[i], percent(float(chances[i])), f"{float(chances[i]) * 100:.1f}%", classes[i] == truth)
        for i in shown
    ]
