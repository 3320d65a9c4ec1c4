"""Choices as texts of YAML, since a value may be a list or a mapping."""

import json
from typing import Any

import yaml

from stages.core.read_yaml import Yaml12Loader


def choice_text(value: Any) -> str:
    """The value in one line of YAML 1.2.

    >>> choice_text([64, 32]), choice_text({"kind": "adam"}), choice_text("relu"), choice_text("yes"), choice_text(None)
    ('[64, 32]', '{kind: adam}', 'relu', "'yes'", 'null')
    """
    text = yaml.safe_dump(value, default_flow_style=True, width=float("inf"), sort_keys=False, allow_unicode=True)
    text = text.removesuffix("\n").removesuffix("\n...")
    # PyYAML writes YAML 1.1, in which `1e-05` is a text.
    return text if choice_value(text) == value and "\n" not in text else json.dumps(value, ensure_ascii=False)


def choice_value(text: str) -> Any:
    """
    >>> choice_value("[64, 32]"), choice_value("1e-05"), choice_value("yes")
    ([64, 32], 1e-05, 'yes')
    """
    return yaml.load(text, Loader=Yaml12Loader)  # noqa: S506
