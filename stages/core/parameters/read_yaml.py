"""Reads the pipeline's own YAML files as plain data."""

import re
from pathlib import Path
from typing import Any

import yaml

from stages.core.errors import UserError
from stages.core.files.check_is_file import check_is_file
from stages.core.parameters.yaml_size import size_problem


class Yaml12Loader(yaml.CSafeLoader):
    """Reads what DVC writes, which is YAML 1.2: `yes`, `on` and `12:30` are texts, `1e-05` is a number."""

    # PyYAML shares this table with the base class.
    yaml_implicit_resolvers: dict[str, Any] = {}


for tag, pattern, first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    Yaml12Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})\\Z"), list(first))


def read_yaml_mapping(
    path: Path,
    section: str,
    solution_if_absent: str,
    solution_if_damaged: str = "",
    max_bytes: int | None = None,
    max_values: int | None = None,
    loader: type[yaml.CSafeLoader] = yaml.CSafeLoader,
) -> dict[str, Any]:
    """The whole content of a YAML file that must have the mapping `section`.

    Raises UserError. Its message ends with `solution_if_absent` if there is no file, and with `solution_if_damaged` if
    the file is unusable. Without `max_values` the file must be one that only Restage and DVC write.
    """
    check_is_file(path, max_bytes)
    solution = f"; {solution_if_damaged}" if solution_if_damaged else ""
    try:
        text = path.read_text(encoding="utf-8")
        # Before anything is loaded: the loader crashes the process if values are nested too deep.
        if max_values and (problem := size_problem(text, max_values)):
            raise UserError(f"{path}:{problem[0]}: {problem[1]}{solution}")
        content = yaml.load(text, Loader=loader)  # noqa: S506
    except FileNotFoundError:
        raise UserError(f"{path}: not found; {solution_if_absent}") from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError(f"{path}: not YAML ({' '.join(str(error).split())}){solution}") from None
    if not isinstance(content, dict) or not isinstance(content.get(section), dict):
        raise UserError(f"{path}: holds no {section}{solution}")
    return content
