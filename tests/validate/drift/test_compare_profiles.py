"""Figures worked by hand; then against scipy, where a profile knows as much as it does."""

from math import log
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from stages.validate.column_values import values_of
from stages.validate.drift.compare_profiles import EPSILON, Moved, moved, psi, record, sentence
from stages.validate.drift.compute_profile import profile_of
from stages.validate.params import Drift

NAMED = {"kind"}


def compared(then: dict[str, Any], now: dict[str, Any], **params: Any) -> list[Moved]:
    sides = [
        {name: values_of(pd.Series(values), name in NAMED) for name, values in side.items()} for side in (then, now)
    ]
    rows = [len(next(iter(side.values()))) for side in (then, now)]
    before, after = (profile_of(columns, n, {}) for columns, n in zip(sides, rows, strict=True))
    return moved(before, after, sides[1], Drift(**params))


def only(then: Any, now: Any, name: str = "x", **params: Any) -> Moved:
    [column] = compared({name: then}, {name: now}, **params)
    return column


@pytest.mark.parametrize("seed", range(5))
def test_the_same_data_have_not_moved_at_all(seed: int) -> None:
    """In another order, with ties and gaps, and in any kind of column."""
    random = np.random.default_rng(seed)
    numbers = pd.Series(random.normal(size=317)).where(random.random(317) > 0.1)
    then = {
        "x": numbers,
        "tied": pd.Series(random.integers(0, 7, 317)),
        "day": pd.Series(pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 90, 317), "D")),
        "kind": pd.Series(random.choice(list("abc"), 317)),
    }
    order = random.permutation(317)
    for column in compared(then, {name: values.iloc[order] for name, values in then.items()}):
        assert (column.psi, column.ks or 0.0, column.exceeded) == (0.0, 0.0, [])


def test_half_of_ten_values_moved_above_the_rest() -> None:
    """1 to 10 against 6 to 10 and 11 to 15. At 5 none is below where half were; each lower bin lost a tenth.

    The nine deciles part ten bins of 0.1. The first five are empty now; 6 to 9 keep theirs; the last has 0.6.
    """
    column = only(range(1, 11), range(6, 16))
    lost = 5 * (EPSILON - 0.1) * log(EPSILON / 0.1)
    gained = (0.6 - 0.1) * log(0.6 / 0.1)
    assert column.psi == pytest.approx(lost + gained, rel=1e-5)
    assert (column.ks, column.outside) == (0.5, 0.5)
    assert column.range == ((1.0, 10.0), (6.0, 15.0))
    assert column.exceeded == ["psi", "ks", "outside"]


def test_values_below_the_least_are_seen_where_all_were_the_same() -> None:
    column = only([5, 5, 5, 5], [5, 5, 5, 4])
    assert (column.ks, column.outside) == (0.25, 0.25)


def test_shares_of_classes() -> None:
    """0.5, 0.5 against 0.25, 0.75: 0.25 log 2 + 0.25 log 1.5."""
    column = only(list("aabb"), list("abbb"), "kind")
    assert column.psi == pytest.approx(0.25 * log(2) + 0.25 * log(1.5), rel=1e-5)
    assert (column.ks, column.exceeded) == (None, ["psi"])


def test_classes_that_are_gone_or_new() -> None:
    column = only(list("aab"), list("aac"), "kind", psi=100)
    assert (column.gone, column.new, column.distinct, column.exceeded) == (["b"], ["c"], (2, 2), ["classes"])


def test_a_class_that_the_profile_does_not_name_may_have_been_there() -> None:
    many = [f"k{n:02}" for n in range(51)] + [f"k{n:02}" for n in range(50)]
    column = only(many, [*many, "k50", "k51"], "kind")
    assert (column.gone, column.new, column.exceeded) == ([], [], [])


def test_missing_values_that_become_more() -> None:
    column = only([1.0] * 10, [1.0] * 9 + [None])
    assert (column.missing, column.exceeded) == ((0.0, 0.1), ["missing"])
    assert only([1.0] * 10, [1.0] * 9 + [None], missing=0.1).exceeded == []
    assert only([1.0] * 9 + [None], [1.0] * 10).exceeded == []


def test_columns_that_are_gone_or_new_or_of_another_kind() -> None:
    found = compared({"a": [1, 2], "b": [1, 2], "c": [1, 2]}, {"c": ["x", "yy"], "a": [1, 2], "d": [1, 2]})
    assert [(column.column, column.exceeded) for column in found] == [
        ("a", []), ("b", ["gone"]), ("c", ["kind"]), ("d", ["new"]),
    ]  # fmt: skip


def test_a_column_that_is_ignored_may_do_as_it_likes() -> None:
    found = compared({"a": [1, 2], "day": [1, 2]}, {"a": [1, 2], "day": [8, 9]}, ignore=["day"])
    assert [column.column for column in found] == ["a"]


def test_without_a_single_row() -> None:
    assert only([1, 2], pd.Series([], dtype="float64")).exceeded == ["kind"]


@pytest.mark.parametrize("seed", range(20))
def test_ks_is_scipys_where_all_values_are_quantiles(seed: int) -> None:
    """Each of up to eight values has more than a twentieth of the accepted rows."""
    random = np.random.default_rng(seed)
    values = random.choice(100, random.integers(2, 9), replace=False)
    then = np.repeat(values, random.integers(40, 60, len(values)))
    now = random.choice([*values, values.min() - 1, values.max() + 1], random.integers(5, 90))
    assert only(then, now).ks == pytest.approx(ks_2samp(then, now).statistic, abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_elsewhere_it_is_less_by_no_more_than_a_twentieth(seed: int) -> None:
    random = np.random.default_rng(seed)
    then, now = random.normal(size=400), random.normal(0.5, 1.2, size=300)
    true = ks_2samp(then, now).statistic
    assert true - 0.05 <= only(then, now).ks <= true + 1e-6


def test_an_empty_share_has_an_epsilon() -> None:
    assert psi([1.0, 0.0], [1.0, 0.0]) == 0.0
    assert psi([0.5, 0.5], [1.0, 0.0]) == pytest.approx(0.5 * log(2) + (0.5 - EPSILON) * log(0.5 / EPSILON), rel=1e-5)


def test_what_is_written_and_told() -> None:
    found = [Moved("a", "number", [], psi=0.0, ks=0.0), Moved("b", "class", ["psi", "classes"], psi=0.31, new=["x"])]
    profile = profile_of({}, 0, {})
    assert record(profile, profile, found) == {
        "accepted": True,
        "rows": [0, 0],
        "drifted": 1,
        "columns": [
            {"column": "a", "kind": "number", "exceeded": [], "psi": 0.0, "ks": 0.0},
            {"column": "b", "kind": "class", "exceeded": ["psi", "classes"], "psi": 0.31, "new": ["x"]},
        ],
    }
    assert record(None, profile, []) == {"accepted": False}
    assert sentence(found) == "1 of 2 columns are not as they were accepted: b (psi 0.31, classes)"
    assert sentence(found[:1]) is None
