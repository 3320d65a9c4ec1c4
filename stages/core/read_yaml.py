"""The pipeline's own YAML files as plain data, or a sentence on what is wrong with one."""

from pathlib import Path
from typing import Any

import yaml

from stages.core.errors import UserError


def read_yaml_mapping(path: Path, section: str, absent: str, damaged: str = "") -> dict[str, Any]:
    """It must hold the section; `absent` and `damaged` say what to do about a file that is not here or not right."""
    way_out = f"; {damaged}" if damaged else ""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except FileNotFoundError:
        raise UserError(f"{path}: not here; {absent}") from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError(f"{path}: not YAML ({' '.join(str(error).split())}){way_out}") from None
    if not isinstance(content, dict) or not isinstance(content.get(section), dict):
        raise UserError(f"{path}: holds no {section}{way_out}")
    return content
