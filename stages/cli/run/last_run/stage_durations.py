"""How long each stage took when it last ran: for the order of the chains and the remaining time. No stage reads it."""

import json
from collections.abc import Mapping
from pathlib import Path

from stages.core.files.atomic_write import write_json

DURATIONS = Path(".dvc/tmp/restage/seconds.json")


def read_durations(path: Path = DURATIONS) -> dict[str, float]:
    """Seconds by stage; empty if the file is missing or damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {str(stage): float(seconds) for stage, seconds in content.items() if isinstance(seconds, int | float)}


def save_durations(new: Mapping[str, float], path: Path = DURATIONS) -> None:
    """Replace those of the stages that ran, and keep the others."""
    if new:
        write_json(path, read_durations(path) | {stage: round(seconds, 2) for stage, seconds in new.items()})
