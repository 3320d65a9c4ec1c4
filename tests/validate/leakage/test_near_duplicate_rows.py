from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.validate.leakage import near_duplicate_rows as module
from stages.validate.leakage.candidate_rows import Candidates
from stages.validate.leakage.near_duplicate_rows import compared_column, near_duplicate_rows

RNG = np.random.default_rng(0)
# The quartiles of 0 to 100 are 25 and 75: the interquartile range is 50, and a thousandth of it 0.05.
WEIGHT = np.arange(101.0)
PEOPLE = pd.DataFrame({"weight": WEIGHT, "height": RNG.permutation(WEIGHT), "kind": ["a", "b", None] * 33 + ["a", "b"]})


def find(frame: pd.DataFrame, tolerance: float = 0.001, first: int = 101) -> list[tuple[int, int]]:
    """Rows from the row `first` on, each with the most similar row before it; both are counted from 0."""
    rows = np.arange(first, len(frame))
    found, _ = near_duplicate_rows(frame, Candidates(rows, np.full(len(rows), first)), tolerance)
    return [(int(row) - first, int(nearest)) for row, nearest in zip(found.rows, found.nearest, strict=True)]


def people_and_copy(row: int, **changed: object) -> pd.DataFrame:
    """The people, and a changed copy of one of them."""
    copy = PEOPLE.iloc[[row]].assign(**{name: [value] for name, value in changed.items()})
    return pd.concat([PEOPLE, copy], ignore_index=True)


NEXT_HEIGHT = PEOPLE["height"][40] + 1


@pytest.mark.parametrize(
    ("copied", "changed", "tolerance", "is_found"),
    [
        (40, {"weight": 40.04}, 0.001, True),
        (40, {"weight": 40.06}, 0.001, False),
        (40, {"weight": 40.06}, 0.002, True),
        (40, {"weight": 40.04, "height": NEXT_HEIGHT}, 0.001, False),
        # A missing class equals a missing class only.
        (41, {"weight": 41.01}, 0.001, True),
        (41, {"weight": 41.01, "kind": "a"}, 0.001, False),
    ],
)
def test_every_number_is_similar_and_every_class_equal(
    copied: int, changed: dict[str, Any], tolerance: float, is_found: bool
) -> None:
    assert find(people_and_copy(copied, **changed), tolerance) == ([(0, copied)] if is_found else [])


def test_missing_numbers_are_equal() -> None:
    gaps = people_and_copy(40, weight=np.nan, height=7.01)
    assert find(gaps) == []
    gaps.loc[50, ["weight", "height", "kind"]] = [np.nan, 7.0, "b"]
    assert find(gaps) == [(0, 50)]


def test_column_without_interquartile_range_must_be_equal() -> None:
    frame = people_and_copy(40, weight=40.01).assign(rare=0.0)
    assert find(frame) == [(0, 40)]
    frame.loc[101, "rare"] = 1e-9
    assert find(frame) == []


def test_outlier_does_not_make_other_rows_similar() -> None:
    frame = people_and_copy(40, weight=40.5)
    frame.loc[3, "weight"] = 1e12
    assert find(frame) == []


def test_rows_with_one_number_are_not_compared() -> None:
    assert find(people_and_copy(40, weight=40.01)[["weight", "kind"]]) == []


@pytest.mark.parametrize("kind", ["uint8", "int64", "float32", "Int64"])
def test_number_types(kind: str) -> None:
    """Unsigned numbers do not overflow: 0 is not similar to 255."""
    frame = pd.DataFrame({"a": [*range(0, 250, 2), 200, 0], "b": [*range(0, 250, 2), 199, 255]}).astype(kind)
    assert find(frame, tolerance=0.01, first=125) == [(0, 100)]


def test_same_rows_as_comparing_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAIRS_PER_BLOCK", 50)
    frame = pd.DataFrame(RNG.normal(size=(200, 3)).round(1))
    ranges = [compared_column(frame[name]).interquartile_range for name in frame]
    distance = np.abs(frame.to_numpy()[120:, None] - frame.to_numpy()[None, :120]) / ranges
    expected = np.flatnonzero((distance.max(axis=2) <= 0.1).any(axis=1)).tolist()
    assert 0 < len(expected) < 80
    assert [row for row, _ in find(frame, tolerance=0.1, first=120)] == expected


def test_too_many_pairs_are_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PAIRS", 10)
    frame = pd.DataFrame({"a": [0.0, 1.0] * 20, "b": [0.0, 1.0] * 20})
    rows = np.arange(20, 40)
    _, compared = near_duplicate_rows(frame, Candidates(rows, np.full(20, 20)), 0.01)
    assert compared.rows.tolist() == [20]
