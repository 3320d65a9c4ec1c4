"""Limits for the evaluation of `${...}`: OmegaConf evaluates a value again wherever it is named, and has no limits."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from omegaconf import Container, OmegaConf
from omegaconf.errors import InterpolationResolutionError

MAX_DEPTH = 20
# One evaluation takes about a millisecond.
MAX_EVALUATIONS = 5_000
MAX_EVALUATIONS_OF_A_VALUE = 100
MAX_CHARACTERS = 1_000_000
_METHOD = "_resolve_interpolation_from_parse_tree"


class InterpolationCounter:
    """Counts what was evaluated. `key` is the value that is evaluated now, `problem` the limit that was exceeded."""

    def __init__(self) -> None:
        self.key = ""
        self.problem: str | None = None
        self.evaluations = self.of_this_value = self.characters = self.depth = 0

    def start(self, key: str) -> None:
        if self.problem:
            self.stop(self.problem)
        if not self.depth:
            self.key, self.of_this_value = key, 0
        self.evaluations += 1
        self.of_this_value += 1
        if self.depth >= MAX_DEPTH:
            self.stop(f"a chain of more than {MAX_DEPTH} ${{...}} that name one another")
        if self.of_this_value > MAX_EVALUATIONS_OF_A_VALUE:
            self.stop(f"this value leads to more than {MAX_EVALUATIONS_OF_A_VALUE} other ${{...}}")
        if self.evaluations > MAX_EVALUATIONS:
            self.stop(f"all ${{...}} together lead to more than {MAX_EVALUATIONS:,} others")

    def add(self, value: object) -> None:
        """Add the length of a value that an interpolation gave."""
        self.characters += len(str(value))
        if self.characters > MAX_CHARACTERS:
            self.stop(f"all ${{...}} together stand for more than {MAX_CHARACTERS:,} characters")

    def stop(self, problem: str) -> None:
        """OmegaConf passes this kind of error on, or ignores it and evaluates the next value, which stops as well."""
        self.problem = problem
        raise InterpolationResolutionError(self.problem)


@contextmanager
def limited_interpolations() -> Iterator[InterpolationCounter]:
    """Within the block, interpolations beyond a limit raise an error, and `problem` says which limit it was.

    OmegaConf calls one method for each evaluation, which is replaced for the time of the block.
    """
    counter, original = InterpolationCounter(), getattr(Container, _METHOD)

    def counted(container: Any, **arguments: Any) -> Any:
        counter.start(container._get_full_key(arguments["key"]))
        counter.depth += 1
        try:
            node = original(container, **arguments)
        finally:
            counter.depth -= 1
        counter.add(OmegaConf.to_container(node) if isinstance(node, Container) else node)
        return node

    setattr(Container, _METHOD, counted)
    try:
        yield counter
    finally:
        setattr(Container, _METHOD, original)
