"""Outputs as dvc.lock knows them, and the files behind their hashes where a cache still has them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stages.cli.verify.compare_files import difference
from stages.core.dvc.cache import md5_of_file
from stages.core.errors import MAX_EXAMPLES, format_examples
from stages.core.validation_errors import format_value


@dataclass(frozen=True)
class Output:
    stage: str
    path: str
    md5: str


@dataclass(frozen=True)
class File:
    """Its hash, and where its bytes are, if they are here."""

    md5: str
    place: Path | None


@dataclass(frozen=True)
class Side:
    """A cache, and a folder with what is kept outside of it."""

    cache: Path
    folder: Path

    def files(self, output: Output) -> dict[str, File] | None:
        """By their names in the output's folder; None where the folder's list is not in the cache."""
        if not output.md5.endswith(".dir"):
            return {"": File(output.md5, self._kept(output.md5) or self._beside(output))}
        listed = self._kept(output.md5)
        if listed is None:
            return None
        entries = json.loads(listed.read_text(encoding="utf-8"))
        return {entry["relpath"]: File(entry["md5"], self._kept(entry["md5"])) for entry in entries}

    def _kept(self, md5: str) -> Path | None:
        """Nothing vouches for an object but its hash."""
        place = self.cache / md5[:2] / md5[2:]
        return place if place.is_file() and md5_of_file(place) == md5.removesuffix(".dir") else None

    def _beside(self, output: Output) -> Path | None:
        place = self.folder / output.path
        return place if place.is_file() and md5_of_file(place) == output.md5 else None


def outputs(lock: Mapping[str, Any], stages: Iterable[str]) -> list[Output]:
    return [Output(s, out["path"], out["md5"]) for s in stages if s in lock for out in lock[s].get("outs", [])]


def differences(recorded: Output, made: Output | None, before: Side, after: Side) -> list[str]:
    """Empty for the same bytes; else which files differ, and where."""
    if made is None:
        return ["was not made"]
    if made.md5 == recorded.md5:
        return []
    hashes = f"hash {made.md5}, recorded {recorded.md5}"
    old, new = before.files(recorded), after.files(made)
    if old is None or new is None:
        return [f"{hashes}; the recorded content is not in the cache (`dvc pull`), so nothing more can be said"]
    found = [told for name in sorted({*old, *new}) if (told := _file(name, old.get(name), new.get(name), recorded))]
    more = len(found) - MAX_EXAMPLES
    return [*found[:MAX_EXAMPLES], *([f"{more} more files differ"] if more > 0 else [])]


def _file(name: str, old: File | None, new: File | None, output: Output) -> str | None:
    prefix = f"{name}: " if name else ""
    if old is None or new is None:
        return f"{prefix}{'not recorded' if old is None else 'recorded, but not made'}"
    if old.md5 == new.md5:
        return None
    if old.place is None or new.place is None:
        missing = "its recorded content is not in the cache (`dvc pull`)"
        return f"{prefix}hash {new.md5}, recorded {old.md5}; {missing}, so nothing more can be said"
    return f"{prefix}{difference(old.place, new.place, name or output.path)}"


def other_inputs(recorded: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    """A stage whose record was made from other code or parameters than HEAD's: it had to be run before the commit."""
    old, new = _inputs(recorded), _inputs(now)
    changed = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    if not changed:
        return None
    told = [f"{name} ({_shown(old, name)}, at HEAD {_shown(new, name)})" for name in changed]
    return f"recorded from other inputs than HEAD has: {format_examples(told)}; `restage run`, then commit dvc.lock"


def _inputs(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Code and values; data come from stages that are compared themselves."""
    code = {d["path"]: d["md5"] for d in entry.get("deps", []) if d["path"].split("/")[0] not in ("data", "reports")}
    values = {name: value for file in entry.get("params", {}).values() for name, value in _flat(file).items()}
    return code | values


def _flat(value: Any, name: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {name: value}
    return {k: v for key, part in value.items() for k, v in _flat(part, f"{name}.{key}" if name else key).items()}


def _shown(inputs: Mapping[str, Any], name: str) -> str:
    return format_value(inputs[name]) if name in inputs else "none"
