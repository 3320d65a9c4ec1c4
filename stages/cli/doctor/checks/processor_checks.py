"""Checks of the processor: cores, instructions and caches, which can change the speed or the last bits of a result."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stages.cli.doctor.finding import Finding, ok, warning
from stages.cli.verify.machine_differences import machine_differences
from stages.core.errors import format_examples
from stages.core.runtime.keras import pinned_settings
from stages.core.runtime.usable_cores import allowed_cores, control_group_limit, usable_cores

CACHES = Path("/sys/devices/system/cpu/cpu0/cache")
MODELS = Path("data/models")


def cores() -> Finding:
    """The cores that `restage run` uses by default, and why it does not use more."""
    usable, allowed = usable_cores(), allowed_cores()
    if usable < allowed:
        return ok(f"{usable} of {allowed} cores, since the control group has a limit of {control_group_limit():g}")
    return ok(f"{usable} cores")


def threads(usable: int | None = None) -> Finding:
    """`train.threads` of each dataset. It is part of the result, so it is not adapted to the machine."""
    from stages.core.parameters.read_params import read_params

    usable = usable or usable_cores()
    datasets = read_params()["datasets"]
    wanted = {key: _threads(sections) for key, sections in datasets.items()}
    over = [f"{key} ({count})" for key, count in wanted.items() if count > usable]
    if over:
        return warning(
            f"train.threads is more than {usable} cores: {format_examples(over)}; training is slow",
            "use a machine with more cores, or lower it in conf/, which changes the model",
        )
    return ok(f"train.threads is at most {max(wanted.values(), default=1)}, of {usable} cores")


def _threads(sections: Any) -> int:
    train = sections.get("train") if isinstance(sections, Mapping) else None
    count = train.get("threads", 1) if isinstance(train, Mapping) else 1
    return count if isinstance(count, int) else 1


def instructions() -> Finding:
    """What models are pinned to, and what this machine has."""
    differences = machine_differences()
    if differences:
        return warning("; ".join(differences), "`restage verify` shows which results differ")
    return ok("AVX2 and FMA, to which results are pinned")


def trained_instructions(expected: Mapping[str, str] | None = None) -> Finding:
    """The settings that the models' records name, against those that a training would use here."""
    expected, other, count = pinned_settings() if expected is None else expected, [], 0
    for file in sorted(MODELS.glob("*/training.json")):
        count += 1
        record = _read_json(file)
        if record is None or record.get("pinned") != dict(expected):
            other.append(file.parent.name)
    if other:
        return warning(
            f"trained with other settings for instructions than here: {format_examples(other)}",
            f"`restage verify {' '.join(other)}` shows whether the models differ",
        )
    return ok(f"{count} models, with the settings of this machine" if count else "no model yet")


def _read_json(file: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(file.read_bytes())
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def processor_caches(folder: Path = CACHES) -> Finding:
    """Shown only: TensorFlow would choose blocks by these sizes, but start_keras sets them."""
    sizes = dict.fromkeys(
        f"L{_line(index / 'level')} {_line(index / 'size')}"
        for index in sorted(folder.glob("index*"))
        if _line(index / "type") != "Instruction"
    )
    return ok(
        f"{', '.join(sizes) or 'this system does not list them'}; trainings use the same sizes on every processor"
    )


def _line(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip() if file.is_file() else "?"
