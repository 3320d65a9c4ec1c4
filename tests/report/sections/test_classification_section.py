import numpy as np

from stages.core.artefacts.records.evaluation import ClassDetail, ClassesDetail
from stages.report.sections.classification_section import (
    MAX_BARS,
    ClassificationSection,
    choose_predictions,
    class_rows,
    classification_section,
    confused_pairs,
    confusion_matrix,
    probability_bars,
)
from tests.report.example_datasets import CLASSES, ExampleDataset, flowers, texts
from tests.report.example_records import classes_detail


def section(example: ExampleDataset, name: str, detail: ClassesDetail | None = None) -> ClassificationSection:
    shown = detail or example.predictions.targets[name]
    assert isinstance(shown, ClassesDetail)
    return classification_section(name, shown, example.predictions, example.raw, example.processed, 4)


def test_cells_are_coloured_by_their_share_of_the_row() -> None:
    (_, cells), _ = confusion_matrix(classes_detail(["a", "b"], [[75, 25], [0, 4]])).rows
    assert [(cell.count, cell.correct, cell.heat) for cell in cells] == [(75, True, "0.64"), (25, False, "0.42")]
    assert cells[1].tooltip == "25 of 100 a predicted as b"


def test_a_class_without_samples_has_no_colour() -> None:
    assert confusion_matrix(classes_detail(["a"], [[0]])).rows[0][1][0].heat == "0.00"


def test_pairs_are_sorted_by_frequency() -> None:
    pairs = confused_pairs(classes_detail(["a", "b", "c"], [[9, 1, 0], [3, 5, 2], [0, 0, 4]]))
    assert [(pair.truth, pair.predicted, pair.count, pair.share) for pair in pairs] == [
        ("b", "a", 3, "30%"),
        ("b", "c", 2, "20%"),
        ("a", "b", 1, "10%"),
    ]


def test_of_many_classes_those_with_the_lowest_f1_are_listed() -> None:
    details = [ClassDetail(name=str(n), precision=1.0, recall=1.0, f1=1 - n / 60, support=1) for n in range(60)]
    rows = class_rows(details)
    assert [row.name for row in rows][:3] == ["59", "58", "57"]
    assert len(rows) == 50


def test_wrong_predictions_are_sorted_by_probability() -> None:
    assert choose_predictions("aaaabb", "abbaba", [0.9, 0.6, 0.8, 0.7, 0.9, 0.8], 4) == [2, 5, 0, 4]


def test_only_wrong_predictions() -> None:
    assert choose_predictions("aaa", "bbb", [0.5, 0.6, 0.7], 2) == [2, 1]


def test_the_true_class_always_has_a_bar() -> None:
    probabilities = np.array([0.3, 0.2, 0.15, 0.1, 0.1, 0.08, 0.05, 0.02], np.float32)
    bars = probability_bars("abcdefgh", probabilities, "h")
    assert [bar.class_name for bar in bars] == list("abcdeh")
    assert [bar.is_truth for bar in bars] == [False] * MAX_BARS + [True]
    assert bars[0].width == "30.0%"


def test_more_than_twenty_classes_are_shown_as_pairs() -> None:
    confusion = np.diag([2] * 21)
    confusion[3, 4] = 1
    detail = classes_detail([*CLASSES, *(f"c{n}" for n in range(3, 21))], confusion.tolist())
    example = flowers()
    example.predictions.probabilities["species"].resize((4, 21), refcheck=False)
    found = section(example, "species", detail)
    assert found.confusion is None
    assert [(pair.truth, pair.predicted) for pair in found.pairs] == [("c3", "c4")]


def test_a_wrong_prediction_is_shown_first() -> None:
    found = section(flowers(), "species")
    assert found.samples_sentence.startswith("1 of 4 predictions is wrong.")
    assert [sample.correct for sample in found.samples] == [False, True, True, True]
    first = found.samples[0]
    assert (first.truth, first.predicted, first.inputs) == ("virginica", "versicolor", [("length", "5")])


def test_the_input_of_a_text_is_its_first_words() -> None:
    wrong, correct = section(texts(), "label").samples
    assert (wrong.truth, wrong.predicted, wrong.inputs) == (
        "trade",
        "grain",
        [("text", "<b>tariffs</b> <b>tariffs</b> again")],
    )
    assert (correct.correct, correct.inputs) == (True, [("text", "rose wheat")])
