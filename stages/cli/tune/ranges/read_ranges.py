"""Reads conf/tune/KEY.yaml: a list of values, or a range of numbers, by the path of the parameter."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stages.config.checks.yaml_size_limits import check_size_limits
from stages.core.errors import UserError
from stages.core.files.check_is_file import check_is_file
from stages.core.parameters.read_yaml import Yaml12Loader
from stages.core.paths import CONF

RANGES = CONF / "tune"
MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class WrittenRange:
    """What a person wrote for one parameter, and where."""

    path: str
    where: str
    content: Any


def ranges_file(key: str) -> Path:
    return RANGES / f"{key}.yaml"


def read_ranges(file: Path) -> list[WrittenRange]:
    """The ranges in the order of the file; neither paths nor values are checked."""
    if not file.is_file():
        raise UserError(
            f"{file}: not found; write the parameters to search, such as "
            "`train.optimizer.learning_rate: {low: 0.0001, high: 0.1, log: true}`"
        )
    check_is_file(file, MAX_BYTES)
    check_size_limits([file])
    if not (ranges := list(_entries(file))):
        raise UserError(f"{file}: no ranges; write one, such as `train.batch: [8, 16, 32]`")
    return ranges


def _entries(file: Path) -> Iterator[WrittenRange]:
    try:
        text = file.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=Yaml12Loader)
        # Reading the values from the nodes keeps a key that is written twice.
        values = Yaml12Loader(text)
    except UnicodeDecodeError:
        raise UserError(f"{file}: not text; save it as UTF-8") from None
    except yaml.YAMLError as error:
        raise UserError(f"{file}: not YAML ({' '.join(str(error).split())})") from None
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    for name, node in pairs:
        content = values.construct_document(node)
        yield WrittenRange(str(name.value), f"{file}:{name.start_mark.line + 1}", content)
