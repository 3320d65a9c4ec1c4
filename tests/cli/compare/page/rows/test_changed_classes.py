import numpy as np

from stages.cli.compare.page.rows.changed_classes import MAX_ROWS, changed_classes
from stages.cli.compare.page.rows.row_inputs import RawRows
from stages.report.recorded.recorded_predictions import ClassColumn, Predictions, from_texts
from tests.report.example_datasets import class_predictions, flowers, images

CLASSES = ["no", "yes", "maybe"]


def predictions(*rows: tuple[int, str, str, float]) -> Predictions:
    """The raw row, the truth, the predicted class, and the probability of the true class."""
    numbers = [(row, CLASSES.index(truth), CLASSES.index(predicted)) for row, truth, predicted, _ in rows]
    shares = []
    for (_, truth, _), (*_, share) in zip(numbers, rows, strict=True):
        shares.append([share if number == truth else (1 - share) / 2 for number in range(3)])
    return class_predictions("y", CLASSES, numbers, shares)


BASE = predictions((4, "no", "yes", 0.25), (5, "no", "no", 0.5), (6, "yes", "maybe", 0.25), (7, "yes", "yes", 0.75))
HEAD = predictions((4, "no", "no", 0.75), (5, "no", "yes", 0.25), (6, "yes", "no", 0.25), (7, "yes", "yes", 0.5))


def test_rows_that_changed_sides_in_both_directions() -> None:
    changed = changed_classes("y", BASE, HEAD, None)
    assert changed is not None
    gained, lost = changed.sides
    assert [(row.row, row.truth, row.base.predicted, row.head.predicted) for row in gained.rows] == [
        (4, "no", "yes", "no")
    ]
    assert [(row.row, row.base.predicted, row.head.predicted) for row in lost.rows] == [(5, "no", "yes")]
    assert (gained.rows[0].base.of_truth, gained.rows[0].head.of_truth) == ("25%", "75%")
    assert (gained.rows[0].base.probability, gained.rows[0].head.probability) == ("37.5%", "75%")
    assert (gained.rows[0].base.correct, gained.rows[0].head.correct) == (False, True)
    # Row 6 is wrong in both, with another class.
    assert (
        "Of 4 rows, 1 is predicted correctly only by head, and 1 only by base. 1 is wrong in both" in changed.sentence
    )


def test_the_same_classes_with_other_probabilities() -> None:
    assert changed_classes("y", BASE, predictions(*[(4, "no", "yes", 0.1)]), None) is None


def test_rows_in_another_order_are_paired_by_their_number() -> None:
    order = [3, 2, 1, 0]
    reversed_head = Predictions(
        "test",
        HEAD.targets,
        HEAD.rows[order],
        {name: ClassColumn(column.names, column.numbers[order]) for name, column in HEAD.classes.items()},
        {name: column[order] for name, column in HEAD.values.items()},
        {"y": HEAD.probabilities["y"][order]},
    )
    first, second = (changed_classes("y", BASE, head, None) for head in (HEAD, reversed_head))
    assert first == second


def test_the_largest_changes_are_shown_first_and_the_rest_is_counted() -> None:
    number = MAX_ROWS + 3
    base = predictions(*[(row, "no", "yes", 0.01 * row) for row in range(number)])
    head = predictions(*[(row, "no", "no", 0.9) for row in range(number)])
    changed = changed_classes("y", base, head, None)
    assert changed is not None
    (side,) = changed.sides
    assert [row.row for row in side.rows] == [*range(MAX_ROWS)]
    assert side.title == f"Only head is correct: {number} rows"
    assert "3 are not" in side.note


def test_a_class_that_only_head_has() -> None:
    classes = ["no", "yes"]
    base = class_predictions("y", classes, [(0, 0, 1)], [[0.5, 0.5]])
    head = class_predictions("y", ["yes", "no"], [(0, 1, 1)], [[0.25, 0.75]])
    changed = changed_classes("y", base, head, None)
    assert changed is not None
    assert (changed.sides[0].rows[0].head.of_truth, changed.sides[0].rows[0].base.of_truth) == ("75%", "50%")
    other = class_predictions("y", ["new", "no"], [(0, 1, 1)], [[0.25, 0.75]])
    changed = changed_classes("y", class_predictions("y", ["old", "yes"], [(0, 0, 1)], [[0.5, 0.5]]), other, None)
    assert changed is not None
    assert changed.sides[0].rows[0].base.correct is False


def test_the_inputs_of_a_table() -> None:
    example = flowers()
    head = class_predictions("species", ["setosa", "versicolor", "virginica"], [(7, 2, 2)], [[0.1, 0.2, 0.7]])
    changed = changed_classes("species", example.predictions, head, RawRows(example.raw, example.processed.fitted))
    assert changed is not None
    (row,) = changed.sides[0].rows
    assert (row.row, row.truth, row.inputs, row.image) == (7, "virginica", [("length", "5")], "")


def test_the_picture_of_an_image() -> None:
    example = images()
    head = class_predictions("label", ["corner", "middle"], [(6, 0, 0)], [[0.7, 0.3]])
    changed = changed_classes("label", example.predictions, head, RawRows(example.raw, example.processed.fitted))
    assert changed is not None
    (row,) = changed.sides[0].rows
    assert row.image.startswith("data:image/png;base64,")
    assert row.inputs == []


def test_probabilities_of_a_forecast_are_those_of_the_sample() -> None:
    """With several steps ahead there is one class and one row of probabilities for each sample."""
    columns = {"y_truth": ["no", "no"], "y_predicted": ["yes", "yes"], "y_probability": ["0.6", "0.6"]}
    base = from_texts("test", BASE.targets, [8, 9], columns, {"y": np.array([[0.4, 0.6, 0.0]], np.float32)}, [1, 2])
    right = {**columns, "y_predicted": ["no", "no"]}
    head = from_texts("test", BASE.targets, [8, 9], right, {"y": np.array([[0.8, 0.2, 0.0]], np.float32)}, [1, 2])
    changed = changed_classes("y", base, head, None)
    assert changed is not None
    assert [(row.row, row.head.of_truth) for row in changed.sides[0].rows] == [(9, "80%")]
