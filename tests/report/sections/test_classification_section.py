import numpy as np

from stages.report.format_text import NOTHING
from stages.report.read_results import Predictions
from stages.report.sections.classification_section import (
    MOST_BARS,
    bars,
    chosen,
    class_answers,
    confused,
    per_class,
    table,
)
from tests.report.fakes import CLASSES, class_details, flowers


def test_a_row_of_the_confusion_is_shaded_by_its_share():
    (_, cells), _ = table(["a", "b"], [[75, 25], [0, 4]]).rows
    assert [(c.count, c.right, c.heat) for c in cells] == [(75, True, "0.64"), (25, False, "0.42")]
    assert cells[1].tip == "25 of 100 a taken for b"


def test_a_class_without_samples_is_not_divided_by():
    assert [c.heat for c in table(["a"], [[0]]).rows[0][1]] == ["0.00"]


def test_the_most_confused_pairs_come_first():
    pairs = confused(["a", "b", "c"], [[9, 1, 0], [3, 5, 2], [0, 0, 4]])
    assert [(p.truth, p.predicted, p.count, p.share) for p in pairs] == [
        ("b", "a", 3, "30%"),
        ("b", "c", 2, "20%"),
        ("a", "b", 1, "10%"),
    ]


def test_of_many_classes_the_worst_are_listed():
    many = [{"class": str(n), "precision": 1.0, "recall": 1.0, "f1": n / 60, "support": 1} for n in range(60)]
    assert [row.name for row in per_class(many)][:3] == ["0", "1", "2"]
    assert len(per_class(many)) == 50


def test_precision_that_has_no_value_is_a_dash():
    row = {"class": "a", "precision": None, "recall": 0.0, "f1": None, "support": 3}
    assert (per_class([row])[0].precision, per_class([row])[0].f1) == (NOTHING, NOTHING)


def test_wrong_answers_come_first_and_the_surest_before_others():
    truth, said = list("aaaabb"), list("abbaba")
    assert chosen(truth, said, [0.9, 0.6, 0.8, 0.7, 0.9, 0.8], 4) == [2, 5, 0, 4]


def test_without_right_answers_wrong_ones_fill_the_page():
    assert chosen("aaa", "bbb", [0.5, 0.6, 0.7], 2) == [2, 1]


def test_the_true_class_has_a_bar_wherever_it_stands():
    names = list("abcdefgh")
    found = bars(names, np.array([0.3, 0.2, 0.15, 0.1, 0.1, 0.08, 0.05, 0.02], np.float32), "h")
    assert [b.name for b in found] == list("abcdeh")
    assert [b.truth for b in found] == [False] * MOST_BARS + [True]
    assert found[0].width == "30.0%"


def test_more_than_twenty_classes_are_told_in_pairs():
    names = [*CLASSES, *(f"c{n}" for n in range(3, 21))]
    confusion = np.diag([2] * 21)
    confusion[3, 4] = 1
    fake = flowers()
    fake.details["targets"]["species"] = class_details(names, confusion.tolist())
    found = class_answers("species", predictions(fake, names), fake.raw, fake.processed, 4)
    assert found.confusion is None
    assert [(p.truth, p.predicted) for p in found.pairs] == [("c3", "c4")]


def predictions(fake, names):
    rows = [line.split(",") for line in fake.predictions.splitlines()]
    columns = {name: [row[i] for row in rows[1:]] for i, name in enumerate(rows[0])}
    chances = {"species": np.full((4, len(names)), 1 / len(names), np.float32)}
    return Predictions("test", fake.details["targets"], [int(r) for r in columns.pop("row")], columns, chances)


def test_one_wrong_answer_is_told_as_one():
    fake = flowers()
    found = class_answers("species", predictions(fake, ["a", "b", "c"]), fake.raw, fake.processed, 4)
    assert found.answers_sentence.startswith("1 of 4 answers is wrong. It comes first")
    assert [a.right for a in found.answers] == [False, True, True, True]
    assert (found.answers[0].truth, found.answers[0].predicted) == ("virginica", "versicolor")
    assert found.answers[0].about == [("length", "5")]
