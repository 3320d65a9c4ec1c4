"""A person's mistake: what, where, what was received, what to do. Never a traceback."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches

EXAMPLES = 5
SHORT = 2


class Mistake(Exception):
    """One or several faults of the input, all found before anything was written."""

    def __init__(self, *faults: str) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


class Faults:
    """Collects faults so that a person sees all of them at once."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, fault: str) -> None:
        self.found.append(fault)

    def check(self, good: bool, fault: str) -> None:
        if not good:
            self.found.append(fault)

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """What is a mistake in there is one fault more, or several, and no end yet."""
        try:
            yield
        except Mistake as mistake:
            self.found += mistake.faults

    def stop(self) -> None:
        if self.found:
            raise Mistake(*self.found)


def examples(items: Iterable[object]) -> str:
    """At most five of them, then how many more there are.

    >>> examples([1, 2])
    '1, 2'
    >>> examples(range(8))
    '0, 1, 2, 3, 4 and 3 more'
    """
    listed = list(items)
    more = len(listed) - EXAMPLES
    return ", ".join(map(str, listed[:EXAMPLES])) + (f" and {more} more" if more > 0 else "")


def nearest(word: str, allowed: Sequence[str]) -> str:
    """The closest allowed name as a question, or all of them when none is close.

    >>> nearest("epoch", ["batch", "epochs"])
    'did you mean epochs?'
    >>> nearest("x", ["batch", "epochs"])
    'allowed: batch, epochs'
    """
    close = closest(word, allowed)
    return f"did you mean {close}?" if close else f"allowed: {examples(allowed)}"


def closest(word: str, allowed: Sequence[str]) -> str | None:
    """Misspelt, in other letters' case, cut short, or by its initials.

    >>> [closest(w, ["mean_squared_error", "accuracy"]) for w in ("acuracy", "Accuracy", "acc", "mse", "loss")]
    ['accuracy', 'accuracy', 'accuracy', 'mean_squared_error', None]
    """
    names = {name.lower(): name for name in allowed}
    close = get_close_matches(word.lower(), names, n=1)
    meant = close or [name for name in names if _shortened(word.lower(), name)]
    return names[meant[0]] if meant else None


def _shortened(word: str, name: str) -> bool:
    initials = "".join(part[:1] for part in name.split("_"))
    return (len(word) > 1 and word == initials) or (len(word) > SHORT and name.startswith(word))
