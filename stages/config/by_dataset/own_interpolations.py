"""Finds `${...}` in a dataset that name something outside it, while OmegaConf evaluates them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from omegaconf import Container
from omegaconf._utils import split_key

from stages.config.by_dataset.shared_files import DATASETS

_BY_NAME, _BY_RESOLVER = "_resolve_node_interpolation", "_evaluate_custom_resolver"


class OwnInterpolations:
    """`are_outside` says whether any interpolation needs more than the dataset, and what all datasets share."""

    def __init__(self, key: str | None) -> None:
        self._key = key
        self.are_outside = False

    def add(self, keys: list[str]) -> None:
        """`keys` lead from the root to what an interpolation names; empty for the root."""
        # Hydra's own settings are not composed for one dataset.
        if not keys or keys[0] == "hydra" or (keys[0] == DATASETS and keys[1:2] != [self._key]):
            self.are_outside = True


@contextmanager
def own_interpolations(key: str | None) -> Iterator[OwnInterpolations]:
    """Within the block, look at all evaluations. Without a key, no dataset is composed.

    OmegaConf ignores an error in some places, so that the evaluation itself must be seen.
    """
    seen = OwnInterpolations(key)
    by_name, by_resolver = getattr(Container, _BY_NAME), getattr(Container, _BY_RESOLVER)

    def resolve_name(container: Any, inter_key: str, **arguments: Any) -> Any:
        seen.add(_absolute_keys(container, inter_key))
        return by_name(container, inter_key=inter_key, **arguments)

    def resolve_function(container: Any, *arguments: Any, **named: Any) -> Any:
        seen.are_outside = True  # it can name all keys
        return by_resolver(container, *arguments, **named)

    setattr(Container, _BY_NAME, resolve_name)
    setattr(Container, _BY_RESOLVER, resolve_function)
    try:
        yield seen
    finally:
        setattr(Container, _BY_NAME, by_name)
        setattr(Container, _BY_RESOLVER, by_resolver)


def _absolute_keys(container: Any, name: str) -> list[str]:
    """The keys that lead from the root to what is named; empty for the root itself, or what is above it."""
    if not name.startswith("."):
        return [part for part in split_key(name) if part]
    parent, rest = container, name[1:]
    while rest.startswith("."):
        parent, rest = parent._get_parent_container(), rest[1:]
        if parent is None:
            return []
    full = parent._get_full_key(None)
    return [part for part in (*split_key(full or ""), *split_key(rest)) if part]
