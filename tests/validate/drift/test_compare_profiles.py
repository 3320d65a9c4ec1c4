"""Values computed by hand, and scipy's where a profile holds enough of the accepted data."""

from collections.abc import Mapping
from dataclasses import replace
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from stages.core.artefacts.profile import Profile, profile_text, read_profile
from stages.core.artefacts.profile_distances import EPSILON
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.records.validation import ColumnDrift, DriftRecord
from stages.validate.all_rows import all_rows
from stages.validate.drift.compare_profiles import compare_profiles, describe_drift
from stages.validate.drift.compute_profile import compute_profile
from stages.validate.drift.profiled_values import ColumnValues, column_values, values_of_column
from stages.validate.params import Drift
from tests.core.artefacts.example_pictures import table_with_pictures

CLASS_COLUMNS = {"kind"}


def profiled(data: Mapping[str, Any]) -> tuple[Profile, dict[str, ColumnValues]]:
    columns = {name: values_of_column(pd.Series(values), name in CLASS_COLUMNS) for name, values in data.items()}
    return compute_profile(columns, len(next(iter(data.values()))), {}), columns


def compare(accepted: Mapping[str, Any], current: Mapping[str, Any], **params: Any) -> DriftRecord:
    return compare_profiles(profiled(accepted)[0], *profiled(current), Drift(**params))


def compare_column(accepted: Any, current: Any, name: str = "x", **params: Any) -> ColumnDrift:
    [column] = compare({name: accepted}, {name: current}, **params).columns
    return column


@pytest.mark.parametrize("seed", range(5))
def test_reordered_data_have_no_drift(seed: int) -> None:
    """With ties, missing values and all kinds of columns."""
    random = np.random.default_rng(seed)
    data = {
        "x": pd.Series(random.normal(size=317)).where(random.random(317) > 0.1),
        "tied": pd.Series(random.integers(0, 7, 317)),
        "day": pd.Series(pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 90, 317), "D")),
        "kind": pd.Series(random.choice(list("abc"), 317)),
    }
    order = random.permutation(317)
    for column in compare(data, {name: values.iloc[order] for name, values in data.items()}).columns:
        assert (column.psi, column.ks or 0.0, column.exceeded) == (0.0, 0.0, [])


def test_texts_are_compared_by_their_numbers_of_characters() -> None:
    """Of 1 to 4 and 3 to 6 characters: half of the accepted texts have at most 2, and no current one."""
    accepted, current = ["a", "bb", "ccc", "d\u00e9jà"], ["abc", "abcd", "abcde", "abcdef"]
    drift = compare_column(accepted, current)
    assert (drift.kind, drift.range) == ("text", ((1, 4), (3, 6)))
    assert (drift.ks, drift.outside) == (0.5, 0.5)
    assert set(drift.exceeded) == {"psi", "ks", "outside"}
    assert compare_column(accepted, accepted[::-1]).exceeded == []


@pytest.mark.parametrize(
    ("accepted", "current", "exceeded"),
    [
        (["a b", "c"], [None, None], ["kind", "missing"]),
        ([None, None], ["a b", "c"], ["kind"]),
        (["a b", "c"], [3, 4], ["kind"]),
        (["a", "b"], ["c", "d"], []),
        (["a b", "c"], ["a b", None], ["psi", "ks", "missing"]),
    ],
)
def test_a_column_of_texts_that_becomes_another(accepted: Any, current: Any, exceeded: list[str]) -> None:
    assert compare_column(accepted, current).exceeded == exceeded


def test_half_of_the_values_above_the_accepted_range() -> None:
    """1 to 10 against 6 to 15: half of the accepted values are at most 5, and none of the current ones.

    The nine deciles separate ten bins of 0.1. The first five are empty now; 6 to 9 keep theirs; the last has 0.6.
    """
    column = compare_column(range(1, 11), range(6, 16))
    emptied = 5 * (EPSILON - 0.1) * log(EPSILON / 0.1)
    grown = (0.6 - 0.1) * log(0.6 / 0.1)
    assert column.psi == pytest.approx(emptied + grown, rel=1e-5)
    assert (column.ks, column.outside) == (0.5, 0.5)
    assert column.range == ((1.0, 10.0), (6.0, 15.0))
    assert column.exceeded == ["psi", "ks", "outside"]


def test_value_below_a_constant_column() -> None:
    column = compare_column([5, 5, 5, 5], [5, 5, 5, 4])
    assert (column.ks, column.outside) == (0.25, 0.25)


def test_shares_of_classes() -> None:
    """0.5, 0.5 against 0.25, 0.75: 0.25 log 2 + 0.25 log 1.5."""
    column = compare_column(list("aabb"), list("abbb"), "kind")
    assert column.psi == pytest.approx(0.25 * log(2) + 0.25 * log(1.5), rel=1e-5)
    assert (column.ks, column.exceeded) == (None, ["psi"])


def test_classes_that_are_gone_or_new() -> None:
    column = compare_column(list("aab"), list("aac"), "kind", psi=100)
    assert (column.removed, column.added, column.distinct, column.exceeded) == (["b"], ["c"], (2, 2), ["classes"])


def test_class_that_the_profile_does_not_name_is_not_new() -> None:
    many = [f"k{n:02}" for n in range(51)] + [f"k{n:02}" for n in range(50)]
    column = compare_column(many, [*many, "k50", "k51"], "kind")
    assert (column.removed, column.added, column.exceeded) == ([], [], [])


def test_more_missing_values() -> None:
    column = compare_column([1.0] * 10, [1.0] * 9 + [None])
    assert (column.missing, column.exceeded) == ((0.0, 0.1), ["missing"])
    assert compare_column([1.0] * 10, [1.0] * 9 + [None], missing=0.1).exceeded == []
    assert compare_column([1.0] * 9 + [None], [1.0] * 10).exceeded == []


def test_columns_that_are_gone_or_new_or_of_another_kind() -> None:
    drift = compare({"a": [1, 2], "b": [1, 2], "c": [1, 2]}, {"c": ["x", "yy"], "a": [1, 2], "d": [1, 2]})
    assert [(column.column, column.exceeded) for column in drift.columns] == [
        ("a", []), ("b", ["removed"]), ("c", ["kind"]), ("d", ["added"]),
    ]  # fmt: skip


def test_ignored_column() -> None:
    drift = compare({"a": [1, 2], "day": [1, 2]}, {"a": [1, 2], "day": [8, 9]}, ignore=["day"])
    assert [column.column for column in drift.columns] == ["a"]


def test_no_rows() -> None:
    assert compare_column([1, 2], pd.Series([], dtype="float64")).exceeded == ["kind"]


@pytest.mark.parametrize("seed", range(20))
def test_ks_is_exact_if_all_values_are_quantiles(seed: int) -> None:
    """Each of up to eight values has more than a twentieth of the accepted rows."""
    random = np.random.default_rng(seed)
    values = random.choice(100, random.integers(2, 9), replace=False)
    accepted = np.repeat(values, random.integers(40, 60, len(values)))
    current = random.choice([*values, values.min() - 1, values.max() + 1], random.integers(5, 90))
    assert compare_column(accepted, current).ks == pytest.approx(ks_2samp(accepted, current).statistic, abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_ks_is_too_small_by_at_most_a_twentieth(seed: int) -> None:
    random = np.random.default_rng(seed)
    accepted, current = random.normal(size=400), random.normal(0.5, 1.2, size=300)
    exact = ks_2samp(accepted, current).statistic
    ks = compare_column(accepted, current).ks
    assert ks is not None
    assert exact - 0.05 <= ks <= exact + 1e-6


def test_record_and_message() -> None:
    drift = compare({"a": [1, 2, 3], "kind": list("aab")}, {"a": [1, 2, 3, 1, 2, 3], "kind": list("aacaac")})
    assert (drift.accepted, drift.accepted_rows, drift.rows, drift.drifted) == (True, 3, 6, 1)
    message = describe_drift(drift)
    assert message is not None
    assert "1 of 2 columns" in message
    assert f"kind (psi {drift.columns[1].psi:.3g}, classes)" in message
    assert describe_drift(compare({"a": [1, 2]}, {"a": [1, 2]})) is None


def test_no_accepted_profile() -> None:
    assert compare_profiles(None, *profiled({"a": [1]}), Drift()) == DriftRecord(accepted=False)


def test_darker_pictures_are_drift(tmp_path: Path) -> None:
    """Also after the accepted profile was written and read."""
    raw = table_with_pictures(40)
    photo = raw.pictures["photo"]
    darker = replace(raw, pictures={"photo": replace(photo, pixels=photo.pixels // 3)})

    def columns_of(table: Table) -> dict[str, ColumnValues]:
        return {"photo": column_values(table, all_rows(table))["photo"]}

    file = tmp_path / "accepted.json"
    file.write_text(profile_text(compute_profile(columns_of(raw), 40, {})))
    accepted = read_profile(file, "accept again")
    for table, exceeded in ((raw, []), (darker, ["psi", "ks"])):
        columns = columns_of(table)
        [column] = compare_profiles(accepted, compute_profile(columns, 40, {}), columns, Drift(outside=1)).columns
        assert (column.kind, column.exceeded) == ("picture", exceeded)
