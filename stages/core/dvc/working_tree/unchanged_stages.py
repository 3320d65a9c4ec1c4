"""The stages that DVC found unchanged, and the state of each: in the same state, DVC need not compare it again."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from stages.core.dvc.pipeline_file import read_pipeline_file
from stages.core.dvc.working_tree.fingerprint import Fingerprint
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_text

KEPT = Path(".dvc/tmp/restage/unchanged_stages.json")
# DVC's `${name}`; `${key}` is the key for which a stage with `foreach` runs.
_INTERPOLATION = re.compile(r"\$\{\s*([^}]*?)\s*\}")
# Sections by which a stage has names that are not in params.yaml.
_OTHER_NAMES = {"vars", "matrix"}


@dataclass(frozen=True)
class DeclaringValues:
    """What dvc.yaml takes from params.yaml: the keys of each mapping of a `foreach`, and other values by name."""

    keys: dict[str, list[str]]
    values: dict[str, Any]

    def for_keys(self, keys: set[str]) -> dict[str, Any]:
        """Parameters for the stages of these keys."""
        return self.values | {name: {key: {} for key in found if key in keys} for name, found in self.keys.items()}


@dataclass
class UnchangedStages:
    """`graph` has all stages in the order of a serial run, and for each those that it depends on.

    It is for `keys`, the keys of each mapping of a `foreach`, and was made in the state `declaring`. In the state
    `common`, each stage in `states` was unchanged. Both are a `common_state`.
    """

    declaring: str = ""
    keys: dict[str, list[str]] = field(default_factory=dict)
    graph: dict[str, list[str]] = field(default_factory=dict)
    common: str = ""
    states: dict[str, str] = field(default_factory=dict)

    def is_unchanged(self, stage: str, now: Fingerprint, values: DeclaringValues) -> bool:
        state = self.states.get(stage)
        return state is not None and now.stages.get(stage) == state and self.common == common_state(now, values)

    def add(self, stage: str, before: Fingerprint, values: DeclaringValues) -> None:
        """`before` is the fingerprint from before DVC compared the stage."""
        if self.common != common_state(before, values):
            self.common, self.states = common_state(before, values), {}
        if stage in before.stages:
            self.states[stage] = before.stages[stage]

    def write(self) -> None:
        kept = json.dumps(asdict(self))
        with suppress(UserError):  # the disk is full: the next run compares all stages again
            if not KEPT.is_file() or KEPT.read_text(encoding="utf-8") != kept:
                write_text(KEPT, kept)


def read_unchanged_stages() -> UnchangedStages:
    """Nothing is known if the file is missing or damaged."""
    try:
        return UnchangedStages(**json.loads(KEPT.read_bytes()))
    except (OSError, ValueError, TypeError):
        return UnchangedStages()


def common_state(of: Fingerprint, values: DeclaringValues) -> str:
    """What all stages have in common. Another DVC may compare in another way."""
    return f"{of.common} {values.values} {_versions()}"


@cache
def _versions() -> str:
    return " ".join(map(version, ("dvc", "dvc-data", "dvc-objects")))


def mapping_of(section: Mapping[str, Any]) -> str | None:
    """The name of the mapping for whose keys the section has stages.

    >>> mapping_of({"foreach": "${datasets}"}), mapping_of({"cmd": "a"})
    ('datasets', None)
    """
    found = _INTERPOLATION.fullmatch(str(section.get("foreach")))
    return found[1] if found else None


def declaring_values(params: Mapping[str, Any]) -> DeclaringValues | None:
    """None if dvc.yaml takes more from `params`, those of params.yaml, than the keys of mappings and plain values."""
    content = read_pipeline_file()
    sections = [dict(section) for section in content["stages"].values() if isinstance(section, Mapping)]
    templates = [str(section.pop("foreach")) for section in sections if "foreach" in section]
    found = [mapping_of({"foreach": template}) for template in templates]
    mappings = sorted({each for each in found if each})
    variables = content.get("vars", [])
    rest = {name: value for name, value in content.items() if name not in ("stages", "vars")}
    used = sorted({*_INTERPOLATION.findall(json.dumps([rest, sections]))} - {"key"})
    if any(_OTHER_NAMES & {*section, *section.get("do", ())} for section in sections) or "key" in params:
        return None
    if not all(found) or not all(isinstance(entry, Mapping) and not any(entry.values()) for entry in variables):
        return None
    # DVC joins what dvc.yaml has under `vars` with params.yaml.
    known = {name: value for entry in [*variables, params] for name, value in entry.items()}
    if not all(isinstance(known.get(name), Mapping) for name in mappings):
        return None
    if not all(isinstance(known.get(name), str | int | float) for name in used):
        return None
    return DeclaringValues({name: [*map(str, known[name])] for name in mappings}, {name: known[name] for name in used})
