"""Predicted classes: which classes are confused, metrics of each class, and sample predictions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens
from stages.core.artefacts.records.evaluation import CalibrationPart, ClassDetail, ClassesDetail, DecisionThreshold
from stages.report.charts.axis_scales import linear_scale
from stages.report.charts.svg import Chart, scatter_chart
from stages.report.recorded.line_blocks import count_lines, first_lines_of_classes, largest_lines
from stages.report.recorded.recorded_predictions import Predictions
from stages.report.rendering.format_text import count, format_number, format_percent
from stages.report.samples.choose_samples import in_turn
from stages.report.samples.sample_images import sample_images
from stages.report.samples.sample_rows import input_cells
from stages.report.samples.sample_texts import first_words

MAX_MATRIX_CLASSES = 20
MAX_PAIRS = 15
MAX_LISTED_CLASSES = 50
MAX_BARS = 5
RULES = {"best_f1": "F1", "best_balanced_accuracy": "balanced accuracy"}


@dataclass(frozen=True)
class Cell:
    """A cell of the confusion matrix; `heat` is the strength of its colour, from 0 to 1."""

    count: int
    heat: str
    is_strong: bool
    correct: bool
    tooltip: str


@dataclass(frozen=True)
class SamplePrediction:
    """`image` is a data URI, empty if the data are no images; `inputs` are then names and values.

    For `bars`, see probability_bars().
    """

    image: str
    inputs: list[tuple[str, str]]
    truth: str
    predicted: str
    correct: bool
    bars: list[tuple[str, str, str, bool]]


@dataclass(frozen=True)
class Calibration:
    """`rows` are mean probability, the share that `share` names, and number of predictions."""

    chart: Chart
    title: str
    note: str
    share: str
    rows: list[tuple[str, str, str]]


@dataclass(frozen=True)
class ClassificationSection:
    """`confusion` is empty if there are too many classes; `pairs` are shown instead.

    `positive` and `threshold` are sentences, empty for the default ones. There is no `calibration` without
    probabilities.
    """

    name: str
    confusion: list[tuple[str, list[Cell]]]
    pairs: list[tuple[str, str, int, float]]
    pairs_sentence: str
    per_class: list[ClassDetail]
    per_class_note: str
    positive: str
    threshold: str
    calibration: Calibration | None
    samples: list[SamplePrediction]
    samples_sentence: str


def classification_section(
    name: str,
    detail: ClassesDetail,
    predictions: Predictions,
    raw: RawData,
    processed: ProcessedData,
    max_count: int,
    threshold: DecisionThreshold | None = None,
) -> ClassificationSection:
    """`max_count` is the number of samples to show."""
    classes = len(detail.classes)
    per_class, per_class_note = list(detail.per_class), ""
    if classes > MAX_LISTED_CLASSES:
        per_class = sorted(per_class, key=lambda metrics: metrics.f1)[:MAX_LISTED_CLASSES]
        per_class_note = f"The table shows the {MAX_LISTED_CLASSES} classes with the lowest F1, of {classes:,}."
    pairs, pairs_sentence = [], ""
    if classes > MAX_MATRIX_CLASSES:
        pairs = confused_pairs(detail)[:MAX_PAIRS]
        too_many = f"A confusion matrix of {classes:,} classes would be too large. These pairs are confused most often."
        pairs_sentence = too_many if pairs else "No class is confused with another one."
    return ClassificationSection(
        name=name,
        confusion=confusion_matrix(detail) if classes <= MAX_MATRIX_CLASSES else [],
        pairs=pairs,
        pairs_sentence=pairs_sentence,
        per_class=per_class,
        per_class_note=per_class_note,
        positive=positive_class_sentence(detail.positive) if detail.positive is not None else "",
        threshold=threshold_sentence(threshold) if threshold else "",
        calibration=calibration(name, detail.calibration, detail.positive) if detail.calibration else None,
        samples=_sample_predictions(name, detail.classes, predictions, raw, processed, max_count),
        samples_sentence=_samples_sentence(len(predictions.rows), count_wrong(name, predictions)),
    )


def positive_class_sentence(positive: str) -> str:
    return (
        f"The positive class is {positive}: precision, recall, F1, both AUCs and calibration are those of this class."
    )


def threshold_sentence(threshold: DecisionThreshold) -> str:
    """
    >>> threshold_sentence(DecisionThreshold(value=0.3, positive="ill"))
    'The class ill is predicted if its probability is above 0.3.'
    """
    sentence = (
        f"The class {threshold.positive} is predicted if its probability is above {format_number(threshold.value)}"
    )
    if threshold.rule is None:
        return f"{sentence}."
    weighted = ", in which each row counts as much as its weight" if threshold.weighted else ""
    return f"{sentence}, which has the best {RULES[threshold.rule]} on the validation rows{weighted}."


def calibration(name: str, parts: Sequence[CalibrationPart], positive: str | None = None) -> Calibration:
    """One point and one row for each part of the range of the highest probability, or of that of the positive class."""
    share = "correct" if positive is None else positive
    tooltips = [
        f"{count(part.samples, 'prediction')} with a mean probability of {format_percent(part.mean_probability)}: "
        f"{format_percent(part.share_correct)} {share}"
        for part in parts
    ]
    points = [(part.mean_probability, part.share_correct) for part in parts]
    if positive is None:
        label = f"Share of correct predictions over the probability of the predicted class of {name}"
        title, note = "Probability and share of correct predictions", "by the probability of the most probable class"
    else:
        label = f"Share of rows of the class {positive} over its probability, for {name}"
        title, note = f"Probability and share of {positive}", f"by the probability of {positive}"
    svg = scatter_chart(points, "probability", f"share {share}", label, linear_scale([0.0, 1.0]), tooltips)
    rows = [
        (format_percent(part.mean_probability), format_percent(part.share_correct), f"{part.samples:,}")
        for part in parts
    ]
    chart = Chart("Calibration", svg, (("diagonal", f"probability equals share {share}"),))
    return Calibration(chart, title, note, share, rows)


def confusion_matrix(detail: ClassesDetail) -> list[tuple[str, list[Cell]]]:
    """The cells of each true class."""
    rows = []
    for truth, counts in zip(detail.classes, detail.confusion, strict=True):
        total, cells = sum(counts), []
        for predicted, samples in zip(detail.classes, counts, strict=True):
            correct = truth == predicted
            share = samples / total if total else 0.0
            # The root makes rare errors visible beside the diagonal.
            heat = 0.85 * (share if correct else math.sqrt(share))
            tooltip = f"{samples:,} of {total:,} {truth} predicted as {predicted}"
            cells.append(Cell(samples, f"{heat:.2f}", heat > 0.5, correct, tooltip))
        rows.append((truth, cells))
    return rows


def confused_pairs(detail: ClassesDetail) -> list[tuple[str, str, int, float]]:
    """True class, predicted class, wrong predictions, and their share of the true class; the most frequent first."""
    pairs = [
        (truth, predicted, samples, samples / sum(counts))
        for truth, counts in zip(detail.classes, detail.confusion, strict=True)
        for predicted, samples in zip(detail.classes, counts, strict=True)
        if samples and truth != predicted
    ]
    return sorted(pairs, key=lambda pair: -pair[2])


def count_wrong(name: str, predictions: Predictions) -> int:
    truth, predicted = _truth_and_predicted(name, predictions)
    return count_lines(len(truth), lambda block: truth[block] != predicted[block])


def _truth_and_predicted(name: str, predictions: Predictions) -> tuple[NDArray[Any], NDArray[Any]]:
    return predictions.classes[f"{name}_truth"].numbers, predictions.classes[f"{name}_predicted"].numbers


def _samples_sentence(predictions: int, wrong: int) -> str:
    total = count(predictions, "prediction")
    match wrong:
        case 0:
            return f"None of {total} is wrong."
        case 1:
            return f"1 of {total} is wrong. It is shown first."
        case _:
            return f"{wrong:,} of {total} are wrong. Those with the highest probability are shown first."


def _sample_predictions(
    name: str, classes: Sequence[str], predictions: Predictions, raw: RawData, processed: ProcessedData, max_count: int
) -> list[SamplePrediction]:
    truth, predicted = _truth_and_predicted(name, predictions)
    lines = choose_predictions(classes, truth, predicted, predictions.values[f"{name}_probability"], max_count)
    rows = [int(predictions.rows[line]) for line in lines]
    images = [uri for uri, _ in sample_images(raw, rows)] if isinstance(raw, Images) else [""] * len(rows)
    return [
        SamplePrediction(
            image=image,
            inputs=_inputs(raw, processed, row),
            truth=classes[truth[line]],
            predicted=classes[predicted[line]],
            correct=bool(truth[line] == predicted[line]),
            bars=probability_bars(classes, predictions.probabilities[name][line], classes[truth[line]]),
        )
        for image, row, line in zip(images, rows, lines, strict=True)
    ]


def _inputs(raw: RawData, processed: ProcessedData, row: int) -> list[tuple[str, str]]:
    match raw:
        case Images():
            return []
        case Tokens():
            return [("text", first_words(raw, row))]
        case Table():
            return input_cells(raw, processed.fitted, row)


def choose_predictions(
    classes: Sequence[str],
    truth: NDArray[Any],
    predicted: NDArray[Any],
    probability: NDArray[np.float64],
    max_count: int,
) -> list[int]:
    """Wrong predictions from the highest probability to the lowest, then correct ones of each class in turn.

    The correct ones fill at least half, if there are enough.

    >>> truth, predicted, probability = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 0]), np.array([0.9, 0.6, 0.8, 0.7])
    >>> choose_predictions("ab", truth, predicted, probability, 3)
    [3, 1, 0]
    """
    lines = len(truth)
    wrong = count_lines(lines, lambda block: truth[block] != predicted[block])
    shown_wrong = min(wrong, max_count - min(lines - wrong, max_count // 2))
    most_probable = largest_lines(
        lines, lambda block: np.where(truth[block] != predicted[block], probability[block], -np.inf), shown_wrong
    )
    correct = first_lines_of_classes(
        lines,
        lambda block: np.where(truth[block] == predicted[block], truth[block], -1),
        len(classes),
        max_count - shown_wrong,
    )
    by_name = [correct[number] for number in sorted(range(len(classes)), key=lambda number: classes[number])]
    return most_probable + in_turn(by_name, max_count - shown_wrong)


def probability_bars(
    classes: Sequence[str], probabilities: NDArray[Any], truth: str
) -> list[tuple[str, str, str, bool]]:
    """Class, probability and width, and whether it is the true class: the most probable classes, and the true class."""
    order = np.argsort(-probabilities, kind="stable").tolist()
    bars = []
    for i in order[:MAX_BARS] + [i for i in order[MAX_BARS:] if classes[i] == truth]:
        share = float(probabilities[i])
        bars.append((classes[i], format_percent(share), f"{share * 100:.1f}%", classes[i] == truth))
    return bars
