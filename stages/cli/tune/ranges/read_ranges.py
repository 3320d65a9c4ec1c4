"""Reads conf/tune/KEY.yaml: a list of values, or a range of numbers, by the path of the parameter."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stages.cli.tune.ranges.parameter_paths import is_path
from stages.config.checks.yaml_size_limits import check_size_limits
from stages.core.check_is_file import check_is_file
from stages.core.errors import ErrorList, UserError, suggest
from stages.core.paths import CONF
from stages.core.read_yaml import Yaml12Loader
from stages.core.validation_errors import format_value

RANGES = CONF / "tune"
SECTIONS = ("preprocess", "train")
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
    """The ranges in the order of the file. Raises UserError with all errors of paths; values are not checked."""
    if not file.is_file():
        raise UserError(
            f"{file}: not found; write the parameters to search, such as "
            "`train.optimizer.learning_rate: {low: 0.0001, high: 0.1, log: true}`"
        )
    check_is_file(file, MAX_BYTES)
    check_size_limits([file])
    ranges, errors = list(_entries(file)), ErrorList()
    for number, written in enumerate(ranges):
        with errors.collect():
            _check_path(written, ranges[:number])
    errors.raise_if_any()
    if not ranges:
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


def _check_path(written: WrittenRange, earlier: list[WrittenRange]) -> None:
    path, where = written.path, written.where
    section = path.partition(".")[0]
    if section not in SECTIONS:
        raise UserError(f"{where}: {path}: ranges are for keys of preprocess and train; {suggest(section, SECTIONS)}")
    if not is_path(path) or path == section:
        raise UserError(
            f"{where}: {path}: not the path of a parameter; write one such as {section}."
            f"{'epochs' if section == 'train' else 'steps'}"
        )
    if "${" in repr(written.content):
        raise UserError(f"{where}: {path}: received {format_value(written.content)}; write the values themselves")
    for other in earlier:
        longer, shorter = sorted((path, other.path), key=len, reverse=True)
        if longer == shorter:
            raise UserError(f"{where}: {path}: there is a range of it before, {other.where}; keep one of them")
        if longer.startswith((f"{shorter}.", f"{shorter}[")):
            raise UserError(f"{where}: {path}: a part of one range is in another, {other.where}; keep one of them")
