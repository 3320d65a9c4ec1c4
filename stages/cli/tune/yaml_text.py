"""Values as a person writes them in YAML, in one line: in a study for choices, and in a file of conf/."""

import json
import math
from typing import Any

import yaml

from stages.core.parameters.read_yaml import Yaml12Loader


def number_text(value: float | int) -> str:
    """The shortest text that YAML reads as the same number. With an exponent it needs a point, or it is a text.

    >>> number_text(0.003), number_text(1e-07), number_text(32), number_text(2.0), number_text(1e22)
    ('0.003', '1.0e-07', '32', '2.0', '1.0e+22')
    """
    text = repr(value)
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


def value_text(value: Any) -> str:
    """A text that may stand in a flow mapping, and that YAML reads as the same value.

    >>> value_text(0.003), value_text(1e-07), value_text([64, 32]), value_text({"step": "log"}), value_text(None)
    ('0.003', '1.0e-07', '[64, 32]', '{step: log}', 'null')
    >>> value_text("relu"), value_text("a, b"), value_text("1e-05"), value_text(True)
    ('relu', "'a, b'", '"1e-05"', 'true')
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return number_text(value)
    # In a list, so that a text with a comma gets quotes.
    dumped = yaml.safe_dump([value], default_flow_style=True, width=float("inf"), sort_keys=False, allow_unicode=True)
    text = dumped.strip()[1:-1]
    # PyYAML writes YAML 1.1, in which `1e-05` is a text.
    is_same = "\n" not in text and read_value(f"[{text}]") == [value]
    return text if is_same else _json(value)


def quoted_text(text: str, quote: str) -> str:
    """A text in the quotes that the value before it had, if they can hold it.

    >>> quoted_text("it's", "'"), quoted_text("relu", '"')
    ("'it''s'", '"relu"')
    """
    return f"'{text.replace(quote, quote * 2)}'" if quote == "'" and text.isprintable() else _json(text)


def read_value(text: str) -> Any:
    """
    >>> read_value("[64, 32]"), read_value("1e-05"), read_value("yes")
    ([64, 32], 1e-05, 'yes')
    """
    return yaml.load(text, Loader=Yaml12Loader)  # noqa: S506


def _json(value: Any) -> str:
    """JSON leaves some characters as they are which YAML refuses, or reads as the end of a line."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in text)
