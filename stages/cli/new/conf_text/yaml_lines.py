"""Lines of YAML, and the sections of a file of conf/dataset that they make."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml

# Editors find with it which keys are allowed.
SCHEMA = "# yaml-language-server: $schema=../../docs/reference/schemas/dataset.json"
WIDTH = 110


def join_sections(names: Sequence[str], defaults: Iterable[str], sections: Mapping[str, Iterable[str]]) -> str:
    """The text of the file. `names` are those of the data, `sections` the lines below the name of each section."""
    first = [SCHEMA, f"# Written by `restage new` for {', '.join(names)}.", *defaults]
    parts = [first, *([f"{name}:", *lines] for name, lines in sections.items())]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def flow(value: Any) -> str:
    """One line of YAML.

    >>> flow({"a": [1, "x: y"], "b": True})
    "{a: [1, 'x: y'], b: true}"
    """
    text = yaml.safe_dump(value, default_flow_style=True, width=math.inf, sort_keys=False, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("\n...")


def entry(key: str, value: Any, indent: int = 2, comment: str = "") -> Iterator[str]:
    """`key: value` on one line, or a list with a line for each item if that is too long."""
    line = f"{' ' * indent}{flow(key)}: {flow(value)}"
    if len(line) <= WIDTH or not isinstance(value, list):
        yield line + (f"  # {comment}" if comment else "")
    else:
        yield f"{' ' * indent}{flow(key)}:" + (f"  # {comment}" if comment else "")
        yield from (f"{' ' * indent}  - {flow(item)}" for item in value)
