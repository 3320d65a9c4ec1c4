"""The vocabulary of a column of texts."""

from stages.core.columns.texts.word_counts import Word, WordCounts

TEXTS = ["b a b", "", "c A", "a", "d c d d"]


def test_counts() -> None:
    counts = WordCounts.of(TEXTS)
    assert counts.occurrences == {"a": 3, "b": 2, "c": 2, "d": 3}
    assert counts.row_counts == {"a": 3, "b": 1, "c": 2, "d": 1}
    assert counts.rows == 5


def test_the_most_frequent_words_are_the_vocabulary() -> None:
    """Of words that occur equally often, the first ones by the alphabet."""
    counts = WordCounts.of(TEXTS)
    assert counts.vocabulary(3, 1) == [Word("a", 3), Word("d", 1), Word("b", 1)]
    assert [word.text for word in counts.vocabulary(10, 1)] == ["a", "d", "b", "c"]


def test_words_of_too_few_rows_do_not_count() -> None:
    counts = WordCounts.of(TEXTS)
    assert [word.text for word in counts.vocabulary(10, 2)] == ["a", "c"]
    assert counts.vocabulary(10, 4) == []


def test_counts_of_blocks_add_up() -> None:
    assert WordCounts.of(TEXTS[:2]) + WordCounts.of(TEXTS[2:]) == WordCounts.of(TEXTS)


def test_the_order_of_the_rows_does_not_matter() -> None:
    assert WordCounts.of(TEXTS[::-1]).vocabulary(3, 1) == WordCounts.of(TEXTS).vocabulary(3, 1)
