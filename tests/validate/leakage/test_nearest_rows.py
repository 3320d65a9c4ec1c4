import numpy as np
import pytest

from stages.validate.leakage.nearest_rows import NearestRows, find_candidates, sampling_step, select_nearest


@pytest.mark.parametrize(
    ("original", "split_numbers", "rows", "limits"),
    [
        ([0, 1, 2, 3, 4], [0, 0, 1, 1, 2], [2, 3, 4], [2, 2, 4]),
        ([0, 1, 2], [0, 0, 0], [1, 2], [1, 2]),
        # Row 2 equals row 0; row 4 equals row 3 of its own split.
        ([0, 1, 0, 3, 3], [0, 0, 1, 1, 1], [3, 4], [2, 2]),
    ],
    ids=["later splits with earlier ones", "one split with the rows above", "without duplicates of an earlier split"],
)
def test_candidates(original: list[int], split_numbers: list[int], rows: list[int], limits: list[int]) -> None:
    found = find_candidates(np.array(original), np.array(split_numbers))
    assert (found.rows.tolist(), found.limits.tolist()) == (rows, limits)


@pytest.mark.parametrize(("budget", "sampled"), [(70, range(10)), (30, [0, 3, 6, 9]), (1, [0])])
def test_sampling_step_for_a_budget(budget: int, sampled: list[int]) -> None:
    assert np.arange(10)[:: sampling_step(np.full(10, 7), budget)].tolist() == list(sampled)


def test_most_similar_row_and_the_first_of_equally_similar_ones() -> None:
    rows, nearest, similarity = np.array([9, 8, 9, 9]), np.array([3, 1, 5, 4]), np.array([0.9, 0.8, 0.95, 0.95])
    parts = [NearestRows(rows[part], nearest[part], similarity[part]) for part in (slice(2), slice(2, 4))]
    found = select_nearest(parts)
    assert (found.rows.tolist(), found.nearest.tolist()) == ([8, 9], [1, 4])
    assert len(select_nearest([]).rows) == 0
