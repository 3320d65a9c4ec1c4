import numpy as np
import pytest

from stages.validate.leakage.candidate_rows import find_candidates, sampling_step


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
