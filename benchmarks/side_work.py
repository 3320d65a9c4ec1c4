"""One side of a case, ready to begin."""

from collections.abc import Callable
from dataclasses import dataclass

AfterEpochs = Callable[[int], bool]


@dataclass(frozen=True)
class Work:
    """`go` calls back with how many epochs it has just done, and goes on for as long as the answer is true.

    `stored` is how many bytes the prepared data take, in memory or on disk.
    """

    go: Callable[[AfterEpochs], None]
    stored: int
    parameters: int = 0


def again_and_again(once: Callable[[], object]) -> Callable[[AfterEpochs], None]:
    def go(after: AfterEpochs) -> None:
        once()
        while after(1):
            once()

    return go
