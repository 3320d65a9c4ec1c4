"""How long each stage took when it last ran: for the order of the chains and the time left, an input of nothing."""

import json
from collections.abc import Mapping
from pathlib import Path

from stages.core.runtime.atomic_write import write_json

TIMES = Path(".dvc/tmp/restage/seconds.json")


def read_times(path: Path = TIMES) -> dict[str, float]:
    """Nothing is known where the file is missing or is not what we wrote."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {str(k): float(v) for k, v in content.items() if isinstance(v, int | float)}


def add_times(new: Mapping[str, float], path: Path = TIMES) -> None:
    if new:
        write_json(path, read_times(path) | {name: round(seconds, 2) for name, seconds in new.items()})
