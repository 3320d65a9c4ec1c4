import numpy as np

from stages.validate.leakage.nearest_rows import Sought, Twins, nearest, sought

SPLITS = np.array([0, 0, 1, 1, 2])


def test_later_splits_are_held_against_all_earlier_ones() -> None:
    found = sought(np.arange(5), SPLITS)
    assert (found.rows.tolist(), found.limits.tolist()) == ([2, 3, 4], [2, 2, 4])


def test_rows_of_one_split_are_held_against_those_above() -> None:
    found = sought(np.arange(3), np.zeros(3, np.int64))
    assert (found.rows.tolist(), found.limits.tolist()) == ([1, 2], [1, 2])


def test_what_an_earlier_split_has_exactly_is_counted_already() -> None:
    """Row 2 is row 0 again, and row 3 repeats its own split only."""
    found = sought(np.array([0, 1, 0, 2, 2]), np.array([0, 0, 1, 1, 1]))
    assert found.rows.tolist() == [3, 4]


def test_too_many_are_thinned_evenly() -> None:
    every = Sought(np.arange(10), np.full(10, 7))
    assert every.thinned(every.limits, budget=30).rows.tolist() == [0, 3, 6, 9]
    assert every.thinned(every.limits, budget=70).rows.tolist() == list(range(10))
    assert every.thinned(every.limits, budget=1).rows.tolist() == [0]


def test_the_likest_and_of_several_the_first() -> None:
    rows, others, likeness = np.array([9, 8, 9, 9]), np.array([3, 1, 5, 4]), np.array([0.9, 0.8, 0.95, 0.95])
    found = nearest([Twins(rows[:2], others[:2], likeness[:2]), Twins(rows[2:], others[2:], likeness[2:])])
    assert (found.rows.tolist(), found.others.tolist()) == ([8, 9], [1, 4])
