from pathlib import Path

import numpy as np
import pytest

from benchmarks.inference.answers import Answers
from benchmarks.inference.compare_answers import compare_answers
from stages.core.artefacts.processed import Fitted, TargetSpec
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.errors import UserError
from stages.inference.predictor import TargetPrediction

COLOR = TargetSpec(column=ClassLabels(columns=["color"], encoding="integer", classes=["blue", "red"]))
PRICE = TargetSpec(column=NumberColumns(columns=["price"]))


def answers(red: float = 0.75, price: float = 40.0, rows: tuple[int, ...] = (3, 5)) -> Answers:
    probabilities = np.array([[0.5, 0.5], [1 - red, red]], np.float32)[-len(rows) :]
    prices = np.array([[price], [-80.0]])[: len(rows)]
    return Answers(
        np.array(rows),
        {
            "color": TargetPrediction(COLOR, probabilities.argmax(axis=1), probabilities),
            "price": TargetPrediction(PRICE, prices, lower=prices - 1, upper=prices + 1),
        },
    )


def test_the_same_bits() -> None:
    found = compare_answers(answers(), answers())
    assert (found.rows, found.largest, found.classes, found.same_bits) == (2, 0, 0, True)


def test_values_are_compared_with_the_largest_one_and_probabilities_are_not() -> None:
    assert compare_answers(answers(), answers(price=44.0)).largest == pytest.approx(4 / 79)  # of the upper bound
    assert compare_answers(answers(red=0.75), answers(red=0.625)).largest == 0.125
    assert compare_answers(answers(red=0.75), answers(red=0.25)).classes == 1


def test_no_number_is_no_small_difference() -> None:
    assert np.isnan(compare_answers(answers(), answers(price=np.nan)).largest)


def test_the_first_forecasts_can_be_absent() -> None:
    assert compare_answers(answers(rows=(3, 5)), answers(rows=(5,))).rows == 1


def test_other_rows_are_refused() -> None:
    with pytest.raises(UserError, match="not those to the rows"):
        compare_answers(answers(), answers(rows=(3, 6)))


def test_saved_answers_read_back(tmp_path: Path) -> None:
    answers().save(tmp_path / "answers.npz")
    fitted = Fitted(inputs={}, targets={"color": COLOR, "price": PRICE}, splits={})
    assert compare_answers(answers(), Answers.load(tmp_path / "answers.npz", fitted)).same_bits
