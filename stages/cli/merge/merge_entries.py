"""Merges two versions of a file whose entries have names: stages, datasets, rows of a table, lines of a list.

Only the standard library is imported: Git runs this module without the packages of the project.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def merge_entries(
    base: Mapping[str, str], ours: Mapping[str, str], theirs: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """The merged entries, and the names of those that both sides changed in different ways. Of these, ours is kept.

    >>> merge_entries({"a": "1", "b": "1"}, {"a": "2", "b": "1"}, {"a": "1", "b": "1", "c": "1"})
    ({'a': '2', 'b': '1', 'c': '1'}, [])
    >>> merge_entries({"a": "1"}, {"a": "2"}, {"a": "3"})
    ({'a': '2'}, ['a'])
    """
    merged: dict[str, str] = {}
    conflicts = []
    for name in merge_order(list(ours), list(theirs)):
        old, our, their = base.get(name), ours.get(name), theirs.get(name)
        if our not in (old, their) and their != old:
            conflicts.append(name)
            entry = their if our is None else our
        else:
            entry = their if our == old else our
        if entry is not None:
            merged[name] = entry
    return merged, conflicts


def merge_order(ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Our order. A name that only the other side has follows the name that it follows there, and then our new ones.

    >>> merge_order(["a", "b", "c"], ["x", "a", "y", "z", "c"])
    ['x', 'a', 'b', 'y', 'z', 'c']
    """
    order, position, known, also_there = list(ours), 0, set(ours), set(theirs)
    for name in theirs:
        if name in known:
            position = order.index(name) + 1
            continue
        while position < len(order) and order[position] not in also_there:
            position += 1
        order.insert(position, name)
        position += 1
    return order
