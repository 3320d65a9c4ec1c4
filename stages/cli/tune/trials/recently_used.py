"""Keeps what was made last, up to a number of bytes."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class RecentlyUsed(Generic[Item]):
    """Items by key with their sizes. The one that was used longest ago is dropped first; one is kept in any case."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._items: OrderedDict[str, tuple[Item, int]] = OrderedDict()

    def get(self, key: str, make: Callable[[], Item], size_of: Callable[[Item], int]) -> Item:
        """The item with this key, which is made if it is not there."""
        if key not in self._items:
            item = make()
            self._items[key] = item, size_of(item)
            while len(self._items) > 1 and sum(size for _, size in self._items.values()) > self.max_bytes:
                self._items.popitem(last=False)
        self._items.move_to_end(key)
        return self._items[key][0]

    def clear(self) -> None:
        self._items.clear()
