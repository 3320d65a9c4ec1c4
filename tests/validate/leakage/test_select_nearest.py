import numpy as np

from stages.validate.leakage.select_nearest import NearestRows, select_nearest


def test_most_similar_row_and_the_first_of_equally_similar_ones() -> None:
    rows, nearest, similarity = np.array([9, 8, 9, 9]), np.array([3, 1, 5, 4]), np.array([0.9, 0.8, 0.95, 0.95])
    parts = [NearestRows(rows[part], nearest[part], similarity[part]) for part in (slice(2), slice(2, 4))]
    found = select_nearest(parts)
    assert (found.rows.tolist(), found.nearest.tolist()) == ([8, 9], [1, 4])
    assert len(select_nearest([]).rows) == 0
