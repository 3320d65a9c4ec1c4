"""How often each word occurs in the rows of a column of texts."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from stages.core.columns.texts.text_words import text_words


class Word(NamedTuple):
    """A word of the vocabulary and the number of training rows that have it."""

    text: str
    row_count: int


@dataclass(frozen=True)
class WordCounts:
    """The number of times that each word occurs, and the number of rows that have it.

    All that is learned from a column follows from its counts, and counts of blocks of rows can be added.
    """

    occurrences: Counter[str]
    row_counts: Counter[str]
    rows: int

    @classmethod
    def of(cls, texts: Iterable[str], words_of: Callable[[str], Sequence[str]] = text_words) -> "WordCounts":
        occurrences: Counter[str] = Counter()
        row_counts: Counter[str] = Counter()
        rows = 0
        for text in texts:
            words = Counter(words_of(text))
            occurrences.update(words)
            row_counts.update(words.keys())
            rows += 1
        return cls(occurrences, row_counts, rows)

    def __add__(self, other: "WordCounts") -> "WordCounts":
        return WordCounts(
            self.occurrences + other.occurrences, self.row_counts + other.row_counts, self.rows + other.rows
        )

    @classmethod
    def sum(cls, blocks: Iterable["WordCounts"]) -> "WordCounts":
        """The counts of several blocks of rows together."""
        total = cls(Counter(), Counter(), 0)
        for counts in blocks:
            total.occurrences.update(counts.occurrences)
            total.row_counts.update(counts.row_counts)
            total = cls(total.occurrences, total.row_counts, total.rows + counts.rows)
        return total

    def vocabulary(self, size: int, minimum_count: int) -> list[Word]:
        """Return the `size` words that occur most often, the first one first; of equally frequent ones, by the word.

        `minimum_count` is the number of rows that must have a word.

        >>> counts = WordCounts.of(["b a b", "a c", "b d"])
        >>> [word.text for word in counts.vocabulary(3, 1)], [word.text for word in counts.vocabulary(3, 2)]
        (['b', 'a', 'c'], ['b', 'a'])
        """
        frequent = [word for word, count in self.row_counts.items() if count >= minimum_count]
        frequent.sort(key=lambda word: (-self.occurrences[word], word))
        return [Word(word, self.row_counts[word]) for word in frequent[:size]]
