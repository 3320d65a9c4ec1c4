"""Makes OmegaConf read YAML with libyaml, in a fifth of the time, where both read a text alike."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from omegaconf import _utils as omegaconf_utils
from yaml import CSafeLoader

# What libyaml accepts and OmegaConf's own loader, which is written in Python, refuses or reads in another way.
_READ_IN_ANOTHER_WAY = re.compile(r"[\t!?\ufeff]|[|>][-+\d]*#")
_OWN_LOADER = omegaconf_utils.get_yaml_loader


def is_read_alike(text: str) -> bool:
    """If libyaml reads the text without an error."""
    return _READ_IN_ANOTHER_WAY.search(text) is None


@cache
def fast_yaml_loader() -> Any:
    """OmegaConf's loader, with its rules for numbers and keys, in which libyaml parses."""

    return type("FastLoader", (CSafeLoader, _OWN_LOADER()), {})


@contextmanager
def fast_yaml() -> Iterator[None]:
    """Within the block. For a text with an error, its message is not that of OmegaConf's own loader."""
    omegaconf_utils.get_yaml_loader = fast_yaml_loader
    try:
        yield
    finally:
        omegaconf_utils.get_yaml_loader = _OWN_LOADER
