"""Lines that can be given back and are then read again."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice


class LineSource:
    """`count` is the number of lines that were read and not given back.

    >>> lines = LineSource(["a", "b", "c"])
    >>> lines.take(2), lines.give_back(["b"]), lines.count, list(lines)
    (['a', 'b'], None, 1, ['b', 'c'])
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._given_back: deque[str] = deque()
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._given_back.popleft() if self._given_back else next(self._lines)
        self.count += 1
        return line

    def take(self, count: int) -> list[str]:
        """The next lines, fewer than `count` at the end."""
        taken = [self._given_back.popleft() for _ in range(min(count, len(self._given_back)))]
        # What was read before an error is not lost.
        try:
            taken.extend(islice(self._lines, count - len(taken)))
        except UnicodeDecodeError:
            if not taken:
                raise
        self.count += len(taken)
        return taken

    def give_back(self, lines: Sequence[str]) -> None:
        """Lines that were read last."""
        self._given_back.extendleft(reversed(lines))
        self.count -= len(lines)
