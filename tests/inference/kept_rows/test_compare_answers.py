"""How far the answers of a model are from those that were kept."""

import math

import numpy as np
import pytest

from stages.inference.kept_rows.compare_answers import Answers, difference

Numbers = list[list[float]]


def distance(expected: dict[str, Numbers], found: dict[str, Numbers]) -> float:
    kept = Answers(rows=1, columns=["x"], tolerance=0.1, targets={"y": expected})
    return difference(kept, {"y": {name: np.array(numbers) for name, numbers in found.items()}})


@pytest.mark.parametrize(
    ("expected", "found", "largest"),
    [
        ({"probabilities": [[0.2, 0.8]]}, {"probabilities": [[0.3, 0.7]]}, 0.1),
        ({"values": [[200.0], [-400.0]]}, {"values": [[200.0], [-402.0]]}, 0.005),
        ({"values": [[0.0]]}, {"values": [[0.5]]}, 0.5),
        ({"values": [[1.0]], "upper": [[2.0]]}, {"values": [[1.0]], "upper": [[1.0]]}, 0.5),
        ({"probabilities": [[1.0]]}, {"probabilities": [[1.0]]}, 0.0),
        ({"values": [[1.0]]}, {"values": [[math.inf]]}, math.inf),
    ],
)
def test_the_largest_difference(expected: dict[str, Numbers], found: dict[str, Numbers], largest: float) -> None:
    assert distance(expected, found) == pytest.approx(largest)


def test_an_answer_that_is_no_number() -> None:
    """It must not hide behind the difference of another one."""
    expected = {"lower": [[1.0]], "values": [[2.0]]}
    assert math.isnan(distance(expected, {"lower": [[math.nan]], "values": [[2.0]]}))
