"""The work of one side of a case, after its data and model have been prepared."""

from collections.abc import Callable
from dataclasses import dataclass

# Called with the number of epochs just finished; returns whether to continue.
AfterEpochs = Callable[[int], bool]


@dataclass(frozen=True)
class PreparedWork:
    """`run` calls back after each epoch or each few epochs, and continues as long as the callback returns True.

    `stored_bytes` is the size of the prepared data, in memory or on disk.
    """

    run: Callable[[AfterEpochs], None]
    stored_bytes: int
    parameters: int = 0


def repeat_until_stopped(function: Callable[[], object]) -> Callable[[AfterEpochs], None]:
    """Turn one call of the function into one epoch of a measured run."""

    def run(after_epochs: AfterEpochs) -> None:
        function()
        while after_epochs(1):
            function()

    return run
