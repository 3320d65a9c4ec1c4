"""Errors that a user can fix. They are reported as short messages without a traceback."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches

MAX_EXAMPLES = 5
MIN_PREFIX = 2


class UserError(Exception):
    """One or more messages about the user's input. Each says what is wrong, where, and what to do."""

    def __init__(self, *messages: str) -> None:
        self.messages = messages
        super().__init__("\n".join(messages))

    def __reduce__(self) -> tuple[type["UserError"], tuple[str, ...]]:
        """Each message stays one when the error comes from another process."""
        return type(self), self.messages


class ErrorList:
    """Collects messages, so that all errors are reported together.

    >>> errors = ErrorList()
    >>> errors.check(2 > 1, "not added, since the check passed")
    >>> errors.add("batch: should be positive")
    >>> errors.raise_if_any()
    Traceback (most recent call last):
    stages.core.errors.UserError: batch: should be positive
    """

    def __init__(self) -> None:
        self.messages: list[str] = []

    def add(self, message: str) -> None:
        self.messages.append(message)

    def check(self, passed: bool, message: str) -> None:
        """Add the message unless the check passed."""
        if not passed:
            self.messages.append(message)

    @contextmanager
    def collect(self) -> Iterator[None]:
        """Catch a UserError raised in the block and add its messages."""
        try:
            yield
        except UserError as error:
            self.messages += error.messages

    def raise_if_any(self) -> None:
        """Raise a UserError with all messages, if there are any."""
        if self.messages:
            raise UserError(*self.messages)


@contextmanager
def prefix_errors(name: str) -> Iterator[None]:
    """Put the name of a file, or of another part of several, before each message of a UserError in the block."""
    try:
        yield
    except UserError as error:
        raise UserError(*(f"{name}: {message}" for message in error.messages)) from None


def format_examples(items: Iterable[object]) -> str:
    """The first five items, and how many more there are.

    >>> format_examples([1, 2])
    '1, 2'
    >>> format_examples(range(8))
    '0, 1, 2, 3, 4 and 3 more'
    """
    listed = list(items)
    more = len(listed) - MAX_EXAMPLES
    return ", ".join(map(str, listed[:MAX_EXAMPLES])) + (f" and {more} more" if more > 0 else "")


def suggest(word: str, allowed: Sequence[str]) -> str:
    """A hint for an unknown word: the closest allowed name, or the allowed names if none is close.

    >>> suggest("epoch", ["batch", "epochs"])
    'did you mean epochs?'
    >>> suggest("x", ["batch", "epochs"])
    'allowed: batch, epochs'
    """
    close = closest_match(word, allowed)
    return f"did you mean {close}?" if close else f"allowed: {format_examples(allowed)}"


def closest_match(word: str, allowed: Sequence[str]) -> str | None:
    """The allowed name that was probably meant: misspelt, in another case, a prefix, or its initials.

    >>> [closest_match(w, ["mean_squared_error", "accuracy"]) for w in ("acuracy", "Accuracy", "acc", "mse", "loss")]
    ['accuracy', 'accuracy', 'accuracy', 'mean_squared_error', None]
    """
    names = {name.lower(): name for name in allowed}
    close = get_close_matches(word.lower(), names, n=1)
    meant = close or [name for name in names if _shortened(word.lower(), name)]
    return names[meant[0]] if meant else None


def _shortened(word: str, name: str) -> bool:
    initials = "".join(part[:1] for part in name.split("_"))
    return (len(word) > 1 and word == initials) or (len(word) > MIN_PREFIX and name.startswith(word))
