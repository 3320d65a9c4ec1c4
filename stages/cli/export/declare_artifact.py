"""Writes an entry of `artifacts:` in dvc.yaml, as text: comments and order stay as they are."""

import re
from collections.abc import Sequence
from typing import Any

import yaml

from stages.core import paths
from stages.core.dvc.pipeline_file import PIPELINE
from stages.core.errors import UserError, format_examples
from stages.core.files.atomic_write import write_text
from stages.inference.model_card import MODEL_CARD_FILE, ModelCard
from stages.inference.model_folder import MODEL_FILES, read_file

# A part of the names that DVC and GTO take.
_NAME = re.compile(r"[a-z0-9]([a-z0-9_-]*[a-z0-9])?")
_SECTION = "artifacts:"


def declare_artifact(key: str, name: str) -> None:
    """The model of a dataset gets this name, by which `dvc artifacts get` finds it."""
    if not _NAME.fullmatch(name):
        raise UserError(f"--artifact {name}: use lower-case letters and digits, with _ or - between them")
    card = read_file(ModelCard, paths.export(key) / MODEL_FILES / MODEL_CARD_FILE)
    text = PIPELINE.read_text(encoding="utf-8")
    changed = with_artifact(text, name, artifact_entry(card))
    if changed != text:
        write_text(PIPELINE, changed)
    done = "has it already" if changed == text else "changed"
    print(f"{PIPELINE}: {done}; commit it with dvc.lock, then `git tag -a {name}@v1.0.0 -m 1.0.0` names this version")


def artifact_entry(card: ModelCard) -> dict[str, Any]:
    what = "classification" if all(target.classes for target in card.targets) else "regression"
    forecasts = any(target.steps > 1 for target in card.targets) or card.data.period is not None
    return {
        "path": str(paths.export(card.key)),
        "type": "model",
        "desc": card.about or card.title,
        "labels": ["forecast" if forecasts else what, card.engine],
    }


def with_artifact(text: str, name: str, entry: dict[str, Any]) -> str:
    """The text of dvc.yaml with this entry, in place of one with the same name.

    >>> print(with_artifact("stages: {}\\n", "iris", {"path": "data/exports/iris"}), end="")
    stages: {}
    <BLANKLINE>
    artifacts:
      iris:
        path: data/exports/iris
    """
    before = yaml.safe_load(text)
    expected = before | {"artifacts": (before.get("artifacts") or {}) | {name: entry}}
    changed = _changed(text, name, entry)
    if _parsed(changed) != expected:
        raise UserError(f"{PIPELINE}: its artifacts are in another layout; add this one by hand: {name}: {entry}")
    return changed


def without_artifacts_of(text: str, path: str) -> str:
    """The text of dvc.yaml without the artifacts at this path.

    >>> text = with_artifact("stages: {}\\n", "iris", {"path": "data/exports/iris"})
    >>> without_artifacts_of(text, "data/exports/wine") == text, without_artifacts_of(text, "data/exports/iris")
    (True, 'stages: {}\\n')
    """
    before = yaml.safe_load(text)
    artifacts = before.get("artifacts") or {}
    names = [name for name, entry in artifacts.items() if isinstance(entry, dict) and entry.get("path") == path]
    if not names:
        return text
    kept = {name: entry for name, entry in artifacts.items() if name not in names}
    expected = {key: value for key, value in before.items() if key != "artifacts"}
    changed = _without(text, names, remove_section=not kept)
    if _parsed(changed) != (expected | {"artifacts": kept} if kept else expected):
        raise UserError(f"{PIPELINE}: its artifacts are in another layout; remove {format_examples(names)} by hand")
    return changed


def _without(text: str, names: Sequence[str], remove_section: bool) -> str:
    removed = {f"  {name}:" for name in names}
    lines = text.splitlines()
    while first := next((n for n, line in enumerate(lines) if line.rstrip() in removed), None):
        del lines[first : _end_of_block(lines, first + 1, indent=3)]
    if remove_section and _SECTION in lines:
        lines.remove(_SECTION)
    return "\n".join(lines).rstrip("\n") + "\n"


def _parsed(text: str) -> Any:
    """None if the text is not YAML."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def _changed(text: str, name: str, entry: dict[str, Any]) -> str:
    dumped = yaml.safe_dump({name: entry}, sort_keys=False, allow_unicode=True, width=1_000_000)
    lines = [f"  {line}" for line in dumped.splitlines()]
    old = text.splitlines()
    if _SECTION not in old:
        return "\n".join([*old, "", _SECTION, *lines]) + "\n"
    begin = old.index(_SECTION) + 1
    end = _end_of_block(old, begin, indent=1)
    first = next((n for n in range(begin, end) if old[n].rstrip() == f"  {name}:"), None)
    if first is None:
        # After the last entry, before blank lines and comments that follow it.
        return "\n".join([*old[:end], *lines, *old[end:]]) + "\n"
    return "\n".join([*old[:first], *lines, *old[_end_of_block(old, first + 1, indent=3) :]]) + "\n"


def _end_of_block(lines: list[str], begin: int, indent: int) -> int:
    """The end of the lines that are indented by at least `indent`, without blank lines and comments at their end."""
    end = begin
    for number in range(begin, len(lines)):
        line = lines[number]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if len(line) - len(line.lstrip()) < indent:
            break
        end = number + 1
    return end
