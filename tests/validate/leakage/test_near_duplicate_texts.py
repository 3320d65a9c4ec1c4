from itertools import combinations

import numpy as np
import pytest

from stages.core.artefacts.ragged_rows import RaggedRows
from stages.validate.leakage import near_duplicate_texts as module
from stages.validate.leakage.near_duplicate_texts import near_duplicate_texts
from stages.validate.leakage.nearest_rows import Candidates

RNG = np.random.default_rng(0)
WIRE = "the bank raised its prime rate to nine pct from eight pct and said it will do so again in may"


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


def word_ids(*texts: str) -> list[list[int]]:
    """The position of each word in a sorted list of all words in these tests."""
    known = sorted({*WIRE.split(), "twice", "dividend", "cts", "vs", "pay", "record", "april", "june", "three", "one"})
    return [[known.index(word) for word in text.split()] for text in texts]


def test_one_word_changed() -> None:
    """21 words have 19 runs of three. The last word is in one of them, a word in the middle in three."""
    wire, changed = word_ids(WIRE, WIRE.replace("may", "june"))
    assert len(wire) == 21
    assert find([wire], [changed]) == [(0, 0, round(18 / 20, 4))]
    middle = [*wire[:9], 99, *wire[10:]]
    assert find([wire], [middle]) == [(0, 0, round(16 / 22, 4))]


def test_a_line_added() -> None:
    """19 runs of 21 words, and seven more."""
    [wire] = word_ids(WIRE)
    assert find([wire], [[*wire, 90, 91, 92, 93, 94, 95, 96]]) == [(0, 0, round(19 / 26, 4))]


def test_common_words_in_another_order_are_not_similar() -> None:
    """Eight of ten words are the same, but no run is."""
    one, other = word_ids(
        "three cts vs three pay april record one cts dividend", "record pay cts vs one three april cts"
    )
    assert find([one], [other]) == []


def test_texts_of_the_same_form_are_not_similar() -> None:
    """Two of twelve words differ, and each is in three of the ten runs: four runs of 16 are the same."""
    one = [1, 2, 10, 3, 4, 11, 5, 6, 7, 8, 9, 12]
    other = [1, 2, 20, 3, 4, 21, 5, 6, 7, 8, 9, 12]
    assert find([one], [other]) == []


def test_very_short_texts_must_be_equal() -> None:
    assert find([[1, 2], [3], []], [[1, 2, 4], [4], [], [1]]) == []


def test_most_similar_of_several() -> None:
    [wire] = word_ids(WIRE)
    assert find([[*wire, 90, 91], [*wire, 90]], [wire])[0][1] == 1


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


def test_empty_texts_at_both_ends() -> None:
    assert find([[], [1, 2, 3, 4]], [[1, 2, 3, 4, 5], []]) == [(0, 1, round(2 / 3, 4))]
    assert find([[], []], [[], []]) == []


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
