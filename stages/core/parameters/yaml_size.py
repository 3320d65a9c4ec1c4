"""Finds YAML that is too deep or too large to load, such as nested anchors that multiply ("YAML bombs").

The parser's events are counted and no objects are built.
"""

import yaml

MAX_DEPTH = 50


def size_problem(text: str, max_values: int) -> tuple[int, str] | None:
    """The first line over a limit and what is wrong there. Raises YAMLError if the text is not YAML."""
    counter = _ValueCounter(max_values)
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if (problem := counter.add(event)) and event.start_mark is not None:
            return event.start_mark.line + 1, problem
    return None


class _ValueCounter:
    """Counts values, and for each alias the values of its anchor again."""

    def __init__(self, max_values: int) -> None:
        self.max_values = max_values
        self.values = 0
        # The collections that are not closed yet: their anchors, and the number of values before each.
        self.open: list[tuple[str | None, int]] = []
        self.anchor_sizes: dict[str, int] = {}

    def add(self, event: yaml.Event) -> str | None:
        """Count the event. Returns the problem, if there is one."""
        if isinstance(event, yaml.AliasEvent) and event.anchor in [name for name, _ in self.open]:
            return f"*{event.anchor} is inside &{event.anchor}, the value that it repeats"
        self._count(event)
        if len(self.open) > MAX_DEPTH:
            return f"nested more than {MAX_DEPTH} deep; is a bracket left open?"
        too_many = self.values > self.max_values
        return f"more than {self.max_values:,} values, with what its anchors repeat" if too_many else None

    def _count(self, event: yaml.Event) -> None:
        match event:
            case yaml.AliasEvent(anchor=str(anchor)):
                self.values += self.anchor_sizes.get(anchor, 1)
            case yaml.CollectionStartEvent(anchor=anchor):
                self.open.append((anchor, self.values))
                self.values += 1
            case yaml.CollectionEndEvent():
                anchor, before = self.open.pop()
                if anchor:
                    self.anchor_sizes[anchor] = self.values - before
            case yaml.ScalarEvent():
                self.values += 1
