"""What cannot be read, or would take for ever, is refused before: one value, nesting, anchors that multiply.

This reads events and builds nothing, in C; what is no YAML at all is left for the reader to say.
"""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import yaml

from stages.core.errors import UserError
from stages.core.validation_errors import EXPECTED_MAPPING, format_value

DEPTH = 50
PARTS = 10_000
NOTHING = ("", "~", "null")


def check_bounds(files: Iterable[Path]) -> None:
    for file in files:
        with suppress(yaml.YAMLError, UnicodeDecodeError):
            _Reading(file).read()


class _Reading:
    """How deep it is, how many parts there are with all repetitions, and how many each anchor stands for."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.parts = 0
        self.open: list[tuple[str | None, int]] = []
        self.sizes: dict[str, int] = {}

    def read(self) -> None:
        for event in yaml.parse(self.file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
            fault = self._fault(event)
            if fault and event.start_mark is not None:
                raise UserError(f"{self.file}:{event.start_mark.line + 1}: {fault}")

    def _fault(self, event: yaml.Event) -> str | None:
        match event:
            case yaml.AliasEvent(anchor=anchor) if anchor in [name for name, _ in self.open]:
                return f"*{anchor} stands within &{anchor} itself"
            case yaml.AliasEvent(anchor=str(anchor)):
                self.parts += self.sizes.get(anchor, 1)
            case yaml.CollectionStartEvent(anchor=anchor):
                self.open.append((anchor, self.parts))
                self.parts += 1
            case yaml.CollectionEndEvent():
                anchor, before = self.open.pop()
                self.sizes |= {anchor: self.parts - before} if anchor else {}
            case yaml.ScalarEvent(value=value) if not self.open and value not in NOTHING:
                return f"{EXPECTED_MAPPING}; received {format_value(value)}"
            case yaml.ScalarEvent():
                self.parts += 1
        if len(self.open) > DEPTH:
            return f"nested more than {DEPTH} deep; is a bracket left open?"
        return f"more than {PARTS:,} parts, with what its anchors repeat" if self.parts > PARTS else None
