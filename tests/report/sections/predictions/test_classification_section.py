import numpy as np
import pytest

from stages.core.artefacts.records.evaluation import CalibrationPart, ClassDetail, ClassesDetail, DecisionThreshold
from stages.report.sections.predictions.classification_section import (
    ClassificationSection,
    calibration,
    choose_predictions,
    classification_section,
    confused_pairs,
    confusion_matrix,
    probability_bars,
    threshold_sentence,
)
from tests.report.example_datasets import CLASSES, ExampleDataset, flowers, texts
from tests.report.example_records import classes_detail


def section(example: ExampleDataset, name: str, detail: ClassesDetail | None = None) -> ClassificationSection:
    shown = detail or example.predictions.targets[name]
    assert isinstance(shown, ClassesDetail)
    return classification_section(name, shown, example.predictions, example.raw, example.processed, 4)


def test_cells_are_coloured_by_their_share_of_the_row() -> None:
    (_, cells), _ = confusion_matrix(classes_detail(["a", "b"], [[75, 25], [0, 4]]))
    assert [(cell.count, cell.correct, cell.heat) for cell in cells] == [(75, True, "0.64"), (25, False, "0.42")]
    assert cells[1].tooltip == "25 of 100 a predicted as b"


def test_a_class_without_samples_has_no_colour() -> None:
    assert confusion_matrix(classes_detail(["a"], [[0]]))[0][1][0].heat == "0.00"


def test_pairs_are_sorted_by_frequency() -> None:
    pairs = confused_pairs(classes_detail(["a", "b", "c"], [[9, 1, 0], [3, 5, 2], [0, 0, 4]]))
    assert pairs == [("b", "a", 3, 0.3), ("b", "c", 2, 0.2), ("a", "b", 1, 0.1)]


def test_wrong_predictions_are_sorted_by_probability() -> None:
    assert chosen_predictions("aaaabb", "abbaba", [0.9, 0.6, 0.8, 0.7, 0.9, 0.8], 4) == [2, 5, 0, 4]
    assert chosen_predictions("aaa", "bbb", [0.5, 0.6, 0.7], 2) == [2, 1]


def test_correct_predictions_are_in_the_order_of_the_names_of_classes() -> None:
    probability = [0.5, 0.6, 0.7]
    assert chosen_predictions("abb", "abb", probability, 2, classes="ba") == [0, 1]


def chosen_predictions(
    truth: str, predicted: str, probability: list[float], max_count: int, classes: str = "ab"
) -> list[int]:
    numbers = [np.array([classes.index(name) for name in names]) for names in (truth, predicted)]
    return choose_predictions(classes, numbers[0], numbers[1], np.array(probability), max_count)


def test_the_true_class_always_has_a_bar() -> None:
    probabilities = np.array([0.3, 0.2, 0.15, 0.1, 0.1, 0.08, 0.05, 0.02], np.float32)
    bars = probability_bars("abcdefgh", probabilities, "h")
    assert [(name, is_truth) for name, _, _, is_truth in bars] == [*((c, False) for c in "abcde"), ("h", True)]
    assert bars[0] == ("a", "30%", "30.0%", False)


def test_of_many_classes_the_confused_pairs_and_those_with_the_lowest_f1_are_listed() -> None:
    confusion = np.diag([2] * 60)
    confusion[3, 4] = 1
    classes = [*CLASSES, *(f"c{n}" for n in range(3, 60))]
    details = [ClassDetail(name=c, precision=1.0, recall=1.0, f1=1 - n / 60, support=2) for n, c in enumerate(classes)]
    example = flowers()
    example.predictions.probabilities["species"].resize((4, 60), refcheck=False)
    detail = ClassesDetail(classes=classes, confusion=confusion.tolist(), per_class=details)
    found = section(example, "species", detail)
    assert found.confusion == []
    assert [pair[:2] for pair in found.pairs] == [("c3", "c4")]
    assert [row.name for row in found.per_class][:3] == ["c59", "c58", "c57"]
    assert len(found.per_class) == 50


@pytest.mark.parametrize(
    ("classes", "has_matrix", "sentence"), [(20, True, ""), (21, False, "No class is confused with another one.")]
)
def test_up_to_twenty_classes_have_a_matrix(classes: int, has_matrix: bool, sentence: str) -> None:
    names = [*CLASSES, *(f"c{n}" for n in range(3, classes))]
    example = flowers()
    example.predictions.probabilities["species"].resize((4, classes), refcheck=False)
    found = section(example, "species", classes_detail(names, np.diag([2] * classes).tolist()))
    assert (bool(found.confusion), len(found.per_class), found.pairs) == (has_matrix, classes, [])
    assert found.pairs_sentence == sentence


def test_a_wrong_prediction_is_shown_first() -> None:
    found = section(flowers(), "species")
    assert found.samples_sentence.startswith("1 of 4 predictions is wrong.")
    assert [sample.correct for sample in found.samples] == [False, True, True, True]
    first = found.samples[0]
    assert (first.truth, first.predicted, first.inputs) == ("virginica", "versicolor", [("length", "5")])


def test_the_input_of_a_text_is_its_first_words() -> None:
    wrong, correct = section(texts(), "label").samples
    assert (wrong.truth, wrong.predicted) == ("trade", "grain")
    assert wrong.inputs == [("text", "<b>tariffs</b> <b>tariffs</b> again")]
    assert (correct.correct, correct.inputs) == (True, [("text", "rose wheat")])


def test_calibration_has_a_point_and_a_row_for_each_part() -> None:
    parts = [
        CalibrationPart(samples=1200, mean_probability=0.55, share_correct=0.5),
        CalibrationPart(samples=1, mean_probability=0.99, share_correct=1.0),
    ]
    found = calibration("species", parts)
    assert found.rows == [("55%", "50%", "1,200"), ("99%", "100%", "1")]
    assert found.chart.svg.count("<circle") == 2
    assert "1,200 predictions with a mean probability of 55%: 50% correct" in found.chart.svg


def test_calibration_of_a_positive_class_names_it() -> None:
    parts = [CalibrationPart(samples=4, mean_probability=0.55, share_correct=0.5)]
    found = calibration("species", parts, "rose")
    assert found.share == "rose"
    assert "4 predictions with a mean probability of 55%: 50% rose" in found.chart.svg
    assert "rose" in found.title
    assert "rose" not in calibration("species", parts).title


def test_the_section_names_the_positive_class() -> None:
    detail = classes_detail(CLASSES, np.diag([2, 2, 2]).tolist())
    assert section(flowers(), "species", detail).positive == ""
    named = section(flowers(), "species", detail.model_copy(update={"positive": CLASSES[1]}))
    assert CLASSES[1] in named.positive


def test_without_probabilities_there_is_no_calibration() -> None:
    assert section(flowers(), "species").calibration is None


def test_a_threshold_that_was_chosen_names_the_rule() -> None:
    assert section(flowers(), "species").threshold == ""
    chosen = DecisionThreshold(value=0.25, positive="ill", rule="best_balanced_accuracy", validation_value=0.9)
    assert threshold_sentence(chosen) == (
        "The class ill is predicted if its probability is above 0.25, which has the best balanced accuracy on the "
        "validation rows."
    )
