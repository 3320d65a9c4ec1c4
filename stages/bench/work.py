"""One side of a case, ready to begin."""

from collections.abc import Callable
from dataclasses import dataclass

AfterEpoch = Callable[[], bool]


@dataclass(frozen=True)
class Work:
    """`go` calls back after every epoch and goes on for as long as the answer is true.

    `stored` is how many bytes the prepared data take, in memory or on disk.
    """

    go: Callable[[AfterEpoch], None]
    stored: int
    parameters: int = 0


def again_and_again(once: Callable[[], object]) -> Callable[[AfterEpoch], None]:
    def go(after_epoch: AfterEpoch) -> None:
        once()
        while after_epoch():
            once()

    return go
