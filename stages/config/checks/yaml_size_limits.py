"""Refuses YAML files that are too deep or too large to compose, such as nested anchors that multiply ("YAML bombs").

The parser's events are counted and no objects are built. Files that are not YAML are left to the composition.
"""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import yaml

from stages.core.errors import UserError
from stages.core.validation_errors import EXPECTED_MAPPING, format_value

MAX_DEPTH = 50
MAX_NODES = 10_000
_NULL = ("", "~", "null")


def check_size_limits(files: Iterable[Path]) -> None:
    """Raise UserError for the first file and line over a limit, or that is a single value."""
    for file in files:
        with suppress(yaml.YAMLError, UnicodeDecodeError):
            counter = _NodeCounter()
            for event in yaml.parse(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
                problem = counter.add(event)
                if problem and event.start_mark is not None:
                    raise UserError(f"{file}:{event.start_mark.line + 1}: {problem}")


class _NodeCounter:
    """Counts nodes, and for each alias the nodes of its anchor again."""

    def __init__(self) -> None:
        self.nodes = 0
        # The collections that are not closed yet: their anchors, and the number of nodes before each.
        self.open: list[tuple[str | None, int]] = []
        self.anchor_sizes: dict[str, int] = {}

    def add(self, event: yaml.Event) -> str | None:
        """Count the event. Returns the problem, if there is one."""
        match event:
            case yaml.AliasEvent(anchor=anchor) if anchor in [name for name, _ in self.open]:
                return f"*{anchor} is inside &{anchor}, the value that it repeats"
            case yaml.ScalarEvent(value=value) if not self.open and value not in _NULL:
                return f"{EXPECTED_MAPPING}; received {format_value(value)}"
        self._count(event)
        if len(self.open) > MAX_DEPTH:
            return f"nested more than {MAX_DEPTH} deep; is a bracket left open?"
        return f"more than {MAX_NODES:,} values, with what its anchors repeat" if self.nodes > MAX_NODES else None

    def _count(self, event: yaml.Event) -> None:
        match event:
            case yaml.AliasEvent(anchor=str(anchor)):
                self.nodes += self.anchor_sizes.get(anchor, 1)
            case yaml.CollectionStartEvent(anchor=anchor):
                self.open.append((anchor, self.nodes))
                self.nodes += 1
            case yaml.CollectionEndEvent():
                anchor, before = self.open.pop()
                if anchor:
                    self.anchor_sizes[anchor] = self.nodes - before
            case yaml.ScalarEvent():
                self.nodes += 1
