from itertools import combinations

import numpy as np
import pytest

from stages.core.artefacts.ragged_rows import RaggedRows
from stages.validate.leakage import near_duplicate_texts as module
from stages.validate.leakage.near_duplicate_texts import near_texts
from stages.validate.leakage.nearest_rows import Sought

RNG = np.random.default_rng(0)
WIRE = "the bank raised its prime rate to nine pct from eight pct and said it will do so again in may"


def ragged(texts: list[list[int]]) -> RaggedRows:
    lengths = [len(text) for text in texts]
    return RaggedRows(np.array([i for text in texts for i in text], np.uint16), np.cumsum([0, *lengths]))


def found(train: list[list[int]], test: list[list[int]], least: float = 0.5) -> list[tuple[int, int, float]]:
    rows = np.arange(len(train), len(train) + len(test))
    sought = Sought(rows, np.full(len(test), len(train)))
    twins, _ = near_texts([ragged(train), ragged(test)], sought, least)
    told = zip(twins.rows - len(train), twins.others, twins.likeness.round(4), strict=True)
    return [(int(row), int(other), float(like)) for row, other, like in told]


def numbered(*texts: str) -> list[list[int]]:
    """Words by their place in an alphabetical list of all that any of these tests has."""
    known = sorted({*WIRE.split(), "twice", "dividend", "cts", "vs", "pay", "record", "april", "june", "three", "one"})
    return [[known.index(word) for word in text.split()] for text in texts]


def test_one_word_changed() -> None:
    """21 words are 19 runs of three. The last is in one of them, one from the middle in three."""
    wire, changed = numbered(WIRE, WIRE.replace("may", "june"))
    assert len(wire) == 21
    assert found([wire], [changed]) == [(0, 0, round(18 / 20, 4))]
    middle = [*wire[:9], 99, *wire[10:]]
    assert found([wire], [middle]) == [(0, 0, round(16 / 22, 4))]


def test_a_line_added() -> None:
    """19 runs, and seven words more."""
    [wire] = numbered(WIRE)
    assert found([wire], [[*wire, 90, 91, 92, 93, 94, 95, 96]]) == [(0, 0, round(19 / 26, 4))]


def test_common_words_make_no_twins() -> None:
    """Eight of ten words, in other places: none of the runs is the same."""
    one, other = numbered(
        "three cts vs three pay april record one cts dividend", "record pay cts vs one three april cts"
    )
    assert found([one], [other]) == []


def test_two_texts_of_one_form_are_two() -> None:
    """Ten runs each, of which the two sums are in three and three: six in both, of 14."""
    one = [1, 2, 10, 3, 4, 11, 5, 6, 7, 8, 9, 12]
    other = [1, 2, 20, 3, 4, 21, 5, 6, 7, 8, 9, 12]
    assert found([one], [other]) == []


def test_very_short_texts_are_near_when_they_are_the_same() -> None:
    assert found([[1, 2], [3], []], [[1, 2, 4], [4], [], [1]]) == []


def test_the_likest_of_several() -> None:
    [wire] = numbered(WIRE)
    assert found([[*wire, 90, 91], [*wire, 90]], [wire])[0][1] == 1


def jaccard(one: list[int], other: list[int]) -> float:
    a, b = ({tuple(t[i : i + 3]) for i in range(max(1, len(t) - 2))} for t in (one, other))
    return len(a & b) / len(a | b)


@pytest.mark.parametrize("least", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("words", [1 << 20, 50])
def test_none_that_is_near_enough_is_missed(least: float, words: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against every pair compared in plain Python, in blocks of any size."""
    monkeypatch.setattr(module, "WORDS", words)
    seeds = [RNG.integers(0, 6, RNG.integers(3, 30)).tolist() for _ in range(12)]
    texts = [[int(w) if RNG.random() > 0.1 else 9 for w in seed] for seed in seeds for _ in range(5)]
    train, test = texts[::2], texts[1::2]
    expected = {row: max(jaccard(text, other) for other in train) for row, text in enumerate(test)}
    near = {row: round(like, 4) for row, like in expected.items() if like >= least}
    assert {row: like for row, _, like in found(train, test, least)} == near


def test_texts_without_words_at_either_end() -> None:
    assert found([[], [1, 2, 3, 4]], [[1, 2, 3, 4, 5], []]) == [(0, 1, round(2 / 3, 4))]
    assert found([[], []], [[], []]) == []


def test_more_meetings_than_can_be_held_are_thinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MEETINGS", 60)
    texts = [[*range(10), 20 + n] for n in range(20)]
    rows = np.arange(10, 20)
    twins, looked = near_texts([ragged(texts)], Sought(rows, np.full(10, 10)), 0.5)
    assert 0 < len(looked) < 10
    assert twins.rows.tolist() == looked.rows.tolist()


def test_marks_of_runs_do_not_meet_by_chance() -> None:
    every = [[a, b, c] for a, b, c in combinations(range(40), 3)]
    assert len(np.unique(module.run_sets(ragged(every)).ids)) == len(every)
