import numpy as np
import pandas as pd
import pytest

from stages.validate.leakage import near_duplicate_rows as module
from stages.validate.leakage.near_duplicate_rows import column, near_rows
from stages.validate.leakage.nearest_rows import Sought

RNG = np.random.default_rng(0)
# Quartiles 25 and 75 of 0 to 100: the spread is 50, and a thousandth of it 0.05.
WEIGHT = np.arange(101.0)
PEOPLE = pd.DataFrame({"weight": WEIGHT, "height": RNG.permutation(WEIGHT), "kind": ["a", "b", None] * 33 + ["a", "b"]})


def found(frame: pd.DataFrame, within: float = 0.001, first: int = 101) -> list[tuple[int, int]]:
    rows = np.arange(first, len(frame))
    twins, _ = near_rows(frame, Sought(rows, np.full(len(rows), first)), within)
    return [(int(row) - first, int(other)) for row, other in zip(twins.rows, twins.others, strict=True)]


def also(row: int, **changed: object) -> pd.DataFrame:
    """The people, and one of them once more, a little changed."""
    again = PEOPLE.iloc[[row]].assign(**{name: [value] for name, value in changed.items()})
    return pd.concat([PEOPLE, again], ignore_index=True)


def test_the_last_digit_changed() -> None:
    assert found(also(40, weight=40.04)) == [(0, 40)]
    assert found(also(40, weight=40.06)) == []
    assert found(also(40, weight=40.06), within=0.002) == [(0, 40)]


def test_every_number_has_to_be_near() -> None:
    assert found(also(40, weight=40.04, height=PEOPLE["height"][40] + 1)) == []


def test_classes_are_equal_or_not_and_missing_equals_missing() -> None:
    assert found(also(41, weight=41.01)) == [(0, 41)]
    assert found(also(41, weight=41.01, kind="a")) == []


def test_a_missing_number_is_near_another_missing_one() -> None:
    gaps = also(40, weight=np.nan, height=7.01)
    assert found(gaps) == []
    gaps.loc[50, ["weight", "height", "kind"]] = [np.nan, 7.0, "b"]
    assert found(gaps) == [(0, 50)]


def test_a_column_that_hardly_changes_must_be_equal() -> None:
    frame = also(40, weight=40.01)
    frame["rare"] = 0.0
    assert found(frame) == [(0, 40)]
    frame.loc[101, "rare"] = 1e-9
    assert found(frame) == []


def test_one_wild_value_makes_no_row_near() -> None:
    wild = also(40, weight=40.5)
    wild.loc[3, "weight"] = 1e12
    assert found(wild) == []


def test_a_single_number_is_near_by_chance() -> None:
    assert found(also(40, weight=40.01)[["weight", "kind"]]) == []


@pytest.mark.parametrize("kind", ["uint8", "int64", "float32", "Int64"])
def test_any_type_of_number(kind: str) -> None:
    """Unsigned numbers are subtracted as what they are, and 0 is not near 255."""
    frame = pd.DataFrame({"a": [*range(0, 250, 2), 200, 0], "b": [*range(0, 250, 2), 199, 255]}).astype(kind)
    assert found(frame, within=0.01, first=125) == [(0, 100)]


def test_the_same_as_every_pair_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE", 50)
    frame = pd.DataFrame(RNG.normal(size=(200, 3)).round(1))
    spreads = [column(frame[name]).spread for name in frame]
    apart = np.abs(frame.to_numpy()[120:, None] - frame.to_numpy()[None, :120]) / spreads
    expected = np.flatnonzero((apart.max(axis=2) <= 0.1).any(axis=1)).tolist()
    assert 0 < len(expected) < 80
    assert [row for row, _ in found(frame, within=0.1, first=120)] == expected


def test_more_pairs_than_can_be_compared_are_thinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAIRS", 10)
    frame = pd.DataFrame({"a": [0.0, 1.0] * 20, "b": [0.0, 1.0] * 20})
    rows = np.arange(20, 40)
    _, looked = near_rows(frame, Sought(rows, np.full(20, 20)), 0.01)
    assert looked.rows.tolist() == [20]
