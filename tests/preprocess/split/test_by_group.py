from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stages.core.artefacts.row_numbers import as_array
from stages.core.errors import UserError
from stages.preprocess.split.by_group import draw_groups
from stages.preprocess.split.row_keys import RowKeys


def row_keys(numbers: Any) -> RowKeys:
    keys, positions = np.unique(np.asarray(numbers), return_inverse=True)
    return RowKeys(["patient"], [*map(str, keys)], positions)


def draw(
    groups: Any, counts: dict[str, int], seed: int = 0, classes: NDArray[np.int64] | None = None
) -> dict[str, list[int]]:
    parts = draw_groups(row_keys(groups), range(len(groups)), counts, seed, classes)
    return {name: as_array(rows).tolist() for name, rows in parts.items()}


def sizes(parts: dict[str, list[int]]) -> dict[str, int]:
    return {name: len(rows) for name, rows in parts.items()}


def test_sizes_are_reached_where_the_groups_allow() -> None:
    groups = np.repeat(np.arange(20), 5)
    assert sizes(draw(groups, {"test": 20, "validation": 10})) == {"train": 70, "test": 20, "validation": 10}
    # Groups of 5: 12 rows are nearest to two groups.
    assert sizes(draw(groups, {"test": 12})) == {"train": 90, "test": 10}


def test_a_large_group_is_no_part_of_a_small_split() -> None:
    groups = [0] * 80 + list(range(1, 21))
    assert sizes(draw(groups, {"test": 10, "validation": 5})) == {"train": 85, "test": 10, "validation": 5}


def test_every_split_has_a_group() -> None:
    """Three groups of 30 rows: one row is nearer to none than to a group."""
    assert sizes(draw(np.repeat(np.arange(3), 30), {"test": 1, "validation": 1})) == {
        "train": 30, "test": 30, "validation": 30,
    }  # fmt: skip


def test_the_seed_decides_and_the_order_of_the_rows_does_not() -> None:
    groups = np.repeat(np.arange(30), 3)
    first = {groups[row] for row in draw(groups, {"test": 30})["test"]}
    assert first == {groups[row] for row in draw(groups, {"test": 30})["test"]}
    assert first != {groups[row] for row in draw(groups, {"test": 30}, seed=1)["test"]}
    backwards = groups[::-1]
    assert first == {backwards[row] for row in draw(backwards, {"test": 30})["test"]}


def test_large_and_small_groups_are_drawn_alike() -> None:
    """A test split of small groups alone would say nothing about large ones."""
    groups = np.repeat(np.arange(40), [1, 9] * 20)
    in_test = [{groups[row] for row in draw(groups, {"test": 60}, seed)["test"]} for seed in range(30)]
    large = [sum(int(group) % 2 for group in drawn) for drawn in in_test]
    assert 4 < np.mean(large) < 8  # 6 of the 20 large groups are 30%


@settings(deadline=None, derandomize=True)
@given(
    st.lists(st.integers(1, 12), min_size=4, max_size=40),
    st.floats(0.1, 0.4),
    st.sampled_from([0.0, 0.2]),
    st.integers(0, 99),
)
def test_groups_are_not_divided_and_no_move_of_a_group_comes_nearer(
    group_sizes: list[int], test: float, validation: float, seed: int
) -> None:
    groups = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(group_sizes)), group_sizes))
    rows = len(groups)
    counts = {name: n for name, n in (("test", round(test * rows)), ("validation", round(validation * rows))) if n}
    parts = draw(groups, counts, seed)
    assert sorted(row for part in parts.values() for row in part) == list(range(rows))
    members = {name: {int(groups[row]) for row in part} for name, part in parts.items()}
    assert sum(map(len, members.values())) == len(group_sizes)
    assert all(members.values())
    wanted = counts | {"train": rows - sum(counts.values())}
    distance = {name: len(parts[name]) - wanted[name] for name in parts}
    for source, target in ((a, b) for a in parts for b in parts if a != b and len(members[a]) > 1):
        for group in members[source]:
            size = group_sizes[group]
            before = distance[source] ** 2 + distance[target] ** 2
            after = (distance[source] - size) ** 2 + (distance[target] + size) ** 2
            assert after >= before


def test_stratified_groups_keep_the_shares_of_the_classes() -> None:
    random = np.random.default_rng(3)
    group_classes = random.choice(3, size=120, p=[0.7, 0.2, 0.1])
    groups = np.repeat(np.arange(120), random.integers(1, 6, 120))
    classes = group_classes[groups]
    parts = draw(groups, {"test": len(groups) // 5, "validation": len(groups) // 5}, classes=classes)
    total = np.bincount(classes)
    for name, share in (("test", 0.2), ("validation", 0.2), ("train", 0.6)):
        found = np.bincount(classes[parts[name]], minlength=3) / total
        np.testing.assert_allclose(found, share, atol=0.03)
    assert sum(len(set(groups[part])) for part in parts.values()) == 120


@pytest.mark.error_case("data that cannot be split")
def test_fewer_groups_than_splits() -> None:
    with pytest.raises(UserError) as caught:
        draw([0] * 10 + [1] * 10, {"test": 4, "validation": 4})
    assert "column patient has 2 groups, too few for train and test and validation" in str(caught.value)
