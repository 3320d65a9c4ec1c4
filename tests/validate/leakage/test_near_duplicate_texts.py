from itertools import combinations

import numpy as np
import pytest

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.validate.leakage import near_duplicate_texts as module
from stages.validate.leakage.candidate_rows import Candidates
from stages.validate.leakage.near_duplicate_texts import near_duplicate_texts

RNG = np.random.default_rng(0)


def ragged(texts: list[list[int]]) -> RaggedRows:
    lengths = [len(text) for text in texts]
    return RaggedRows(np.array([i for text in texts for i in text], np.uint16), np.cumsum([0, *lengths]))


def find(train: list[list[int]], test: list[list[int]], threshold: float = 0.5) -> list[tuple[int, int, float]]:
    """The numbers of test texts, each with the number of the most similar training text, and the similarity."""
    rows = np.arange(len(train), len(train) + len(test))
    candidates = Candidates(rows, np.full(len(test), len(train)))
    found, _ = near_duplicate_texts([ragged(train), ragged(test)], candidates, threshold)
    pairs = zip(found.rows - len(train), found.nearest, found.similarity.round(4), strict=True)
    return [(int(row), int(nearest), float(similarity)) for row, nearest, similarity in pairs]


# The bank raised its prime rate to nine pct from eight pct and said it will do so again in may: 19 runs of three words.
WIRE = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 8, 11, 12, 13, 14, 15, 16, 17, 18, 19]


@pytest.mark.parametrize(
    ("train", "test", "expected"),
    [
        # The last word is in one run, a word in the middle in three.
        ([WIRE], [[*WIRE[:-1], 20]], [(0, 0, round(18 / 20, 4))]),
        ([WIRE], [[*WIRE[:9], 99, *WIRE[10:]]], [(0, 0, round(16 / 22, 4))]),
        ([WIRE], [[*WIRE, 90, 91, 92, 93, 94, 95, 96]], [(0, 0, round(19 / 26, 4))]),
        # Eight of ten words are the same, but no run is.
        ([[0, 1, 2, 0, 3, 4, 5, 6, 1, 7]], [[5, 3, 1, 2, 6, 0, 4, 1]], []),
        # Two of twelve words differ, and each is in three of the ten runs: four runs of 16 are the same.
        ([[1, 2, 10, 3, 4, 11, 5, 6, 7, 8, 9, 12]], [[1, 2, 20, 3, 4, 21, 5, 6, 7, 8, 9, 12]], []),
        ([[1, 2], [3], []], [[1, 2, 4], [4], [], [1]], []),
        ([[*WIRE, 90, 91], [*WIRE, 90]], [WIRE], [(0, 1, round(19 / 20, 4))]),
        ([[], [1, 2, 3, 4]], [[1, 2, 3, 4, 5], []], [(0, 1, round(2 / 3, 4))]),
        ([[], []], [[], []], []),
    ],
    ids=[
        "last word changed",
        "word in the middle changed",
        "line added",
        "common words in another order",
        "texts of the same form",
        "very short texts must be equal",
        "most similar of two",
        "empty texts at both ends",
        "empty texts only",
    ],
)
def test_similar_texts(train: list[list[int]], test: list[list[int]], expected: list[tuple[int, int, float]]) -> None:
    assert find(train, test) == expected


def jaccard(one: list[int], other: list[int]) -> float:
    a, b = ({tuple(t[i : i + 3]) for i in range(max(1, len(t) - 2))} for t in (one, other))
    return len(a & b) / len(a | b)


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("words", [1 << 20, 50])
def test_no_similar_text_is_missed(threshold: float, words: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compared with all pairs in plain Python, in blocks of two sizes."""
    monkeypatch.setattr(module, "WORDS_PER_BLOCK", words)
    seeds = [RNG.integers(0, 6, RNG.integers(3, 30)).tolist() for _ in range(12)]
    texts = [[int(w) if RNG.random() > 0.1 else 9 for w in seed] for seed in seeds for _ in range(5)]
    train, test = texts[::2], texts[1::2]
    expected = {row: max(jaccard(text, other) for other in train) for row, text in enumerate(test)}
    similar = {row: round(value, 4) for row, value in expected.items() if value >= threshold}
    assert {row: similarity for row, _, similarity in find(train, test, threshold)} == similar


def test_too_many_shared_runs_are_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SHARED_RUNS", 60)
    texts = [[*range(10), 20 + n] for n in range(20)]
    rows = np.arange(10, 20)
    found, compared = near_duplicate_texts([ragged(texts)], Candidates(rows, np.full(10, 10)), 0.5)
    assert 0 < len(compared) < 10
    assert found.rows.tolist() == compared.rows.tolist()


def test_hashes_of_runs_do_not_collide() -> None:
    texts = [[a, b, c] for a, b, c in combinations(range(40), 3)]
    assert len(np.unique(module.run_sets(ragged(texts)).ids)) == len(texts)
