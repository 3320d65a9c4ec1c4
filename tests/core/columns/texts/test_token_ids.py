import numpy as np
import pytest

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.columns.texts.token_ids import TokenIds

TEXTS = RaggedRows(np.array([9, 3, 9, 8, 2, 7, 300]), np.array([0, 0, 3, 3, 6, 7]))


@pytest.mark.parametrize(
    ("size", "rare", "expected"),
    [
        (301, None, [[], [3, 9], [], [2, 7, 8], [300]]),
        (300, None, [[], [3, 9], [], [2, 7, 8], []]),
        (8, None, [[], [3], [], [2, 7], []]),
        (8, 2, [[], [2, 3], [], [2, 7], [2]]),
        (8, 0, [[], [0, 3], [], [0, 2, 7], [0]]),
        (2, None, [[], [], [], [], []]),
    ],
)
def test_each_id_of_a_text_is_stored_once_and_in_order(size: int, rare: int | None, expected: list[list[int]]) -> None:
    column = TokenIds(columns=["text"], vocabulary_size=size, unknown_id=rare)
    stored = column.transform(TEXTS)
    assert [row.tolist() for row in stored] == expected
    assert stored.ids.dtype == np.min_scalar_type(size)
    multi_hot = np.zeros((5, size))
    for row, ids in enumerate(expected):
        multi_hot[row, ids] = 1
    assert column.to_batch(stored).tolist() == multi_hot.tolist()
