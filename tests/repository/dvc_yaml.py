"""The content of dvc.yaml."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]


def read_stages() -> dict[str, dict[str, Any]]:
    """The section of each stage; for a foreach stage, what is below `do`."""
    sections = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    return {stage: section.get("do", section) for stage, section in sections.items()}


def stage_module(section: dict[str, Any]) -> str:
    """The module in `exec python3 -m MODULE ...`."""
    return str(section["cmd"].split()[3])


def code_deps(section: dict[str, Any]) -> list[str]:
    return [d for d in section["deps"] if d.startswith("stages/") and not d.startswith("stages/locked/")]


def output_paths(section: dict[str, Any]) -> list[str]:
    """An output is a path, or a path with its settings."""
    outputs = [output for kind in ("outs", "metrics", "plots") for output in section.get(kind, [])]
    return sorted(output if isinstance(output, str) else next(iter(output)) for output in outputs)
