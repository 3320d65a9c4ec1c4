"""What dvc.yaml says, as plain data."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]


def stages() -> dict[str, Any]:
    """Each stage's own section, with `foreach` taken away."""
    listed = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    return {name: section.get("do", section) for name, section in listed.items()}


def module_of(section: dict[str, Any]) -> str:
    return str(section["cmd"].split()[3])


def code_deps(section: dict[str, Any]) -> list[str]:
    return [d for d in section["deps"] if d.startswith("stages") and not d.startswith("stages/locked/")]
