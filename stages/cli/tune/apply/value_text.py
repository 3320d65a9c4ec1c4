"""Values as a person writes them in a file of conf/, in one line."""

import json
from typing import Any

import yaml

from stages.cli.tune.number_text import number_text
from stages.core.read_yaml import Yaml12Loader


def value_text(value: Any) -> str:
    """A text that may stand in a flow mapping, and that YAML reads as the same value.

    >>> value_text(0.003), value_text(1e-07), value_text([64, 32]), value_text({"step": "log"}), value_text(None)
    ('0.003', '1.0e-07', '[64, 32]', '{step: log}', 'null')
    >>> value_text("relu"), value_text("a, b"), value_text("1e-05"), value_text(True)
    ('relu', "'a, b'", '"1e-05"', 'true')
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_text(value)
    # In a list, so that a text with a comma gets quotes.
    dumped = yaml.safe_dump([value], default_flow_style=True, width=float("inf"), sort_keys=False, allow_unicode=True)
    text = dumped.strip()[1:-1]
    # PyYAML writes YAML 1.1, in which `1e-05` is a text.
    is_same = "\n" not in text and yaml.load(f"[{text}]", Loader=Yaml12Loader) == [value]  # noqa: S506
    return text if is_same else json.dumps(value, ensure_ascii=False)


def quoted_text(text: str, quote: str) -> str:
    """A text in the quotes that the value before it had.

    >>> quoted_text("it's", "'"), quoted_text("relu", '"')
    ("'it''s'", '"relu"')
    """
    return json.dumps(text, ensure_ascii=False) if quote == '"' else f"'{text.replace(quote, quote * 2)}'"
