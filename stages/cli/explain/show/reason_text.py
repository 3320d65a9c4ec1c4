"""A reason in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from stages.cli.explain.explanation import (
    AlwaysRunsReason,
    CommandReason,
    DeclarationReason,
    FileChange,
    FilesReason,
    InputReason,
    LockedVersionsReason,
    MissingReason,
    NeverRanReason,
    OutputReason,
    ParametersReason,
    Reason,
    RemovedResultsReason,
    SuiteReason,
    ValueChange,
)
from stages.cli.shorten_hashes import shorten_hashes
from stages.core.errors import format_examples
from stages.core.parameters.validation_errors import format_value

SHORT_HASH = 8
MAX_FILES = 3
OUTPUT_STATES = {"deleted": "is missing", "changed": "was changed"}
OUTPUTS_MISSING = "outputs are missing"
NOT_FOUND = "no commit that was searched has the content that the stage read"
KINDS_IN_WORDS = ("accepted profile", "own model", "refresh record")


def reason_text(reason: Reason) -> str:
    """Without the imports, in which stages with the same reason differ."""
    match reason:
        case ParametersReason():
            return format_examples(value_text(value) for value in reason.values)
        case FilesReason():
            return _files_text(reason)
        case LockedVersionsReason():
            return _locked_versions_text(reason)
        case SuiteReason():
            return _suite_text(reason)
        case RemovedResultsReason():
            return f"{format_examples(reason.files)} would be removed"
        case InputReason():
            return f"another output of {reason.stage.partition('@')[0]}"
        case OutputReason():
            return _output_text(reason)
        case _:
            return _short_text(reason)


def _output_text(reason: OutputReason) -> str:
    if reason.state in OUTPUT_STATES:
        return f"its output {reason.path} {OUTPUT_STATES[reason.state]}"
    return "outputs are not in the cache, try `dvc pull`"


def _short_text(reason: MissingReason | CommandReason | DeclarationReason | NeverRanReason | AlwaysRunsReason) -> str:
    match reason:
        case MissingReason():
            return f"{reason.path} is missing"
        case CommandReason():
            return f"its command {format_value(reason.old)} -> {format_value(reason.new)}"
        case DeclarationReason():
            return f"dvc.yaml has a new {reason.added}, {reason.path}"
        case NeverRanReason():
            return "never ran"
        case AlwaysRunsReason():
            return "always runs"


def value_text(value: ValueChange) -> str:
    """
    >>> value_text(ValueChange(name="train.epochs", old=20, new=50))
    'train.epochs 20 -> 50'
    >>> value_text(ValueChange(name="train.refit", new=True, old_set=False))
    'train.refit not set -> True'
    >>> value_text(ValueChange(name="sha256", old="a" * 64, new="b" * 64))
    "sha256 'aaaaaaaaaaaa...' -> 'bbbbbbbbbbbb...'"
    """
    if isinstance(value.new, Mapping) and not value.old_set:
        return f"{value.name} added"
    if isinstance(value.old, Mapping) and not value.new_set:
        return f"{value.name} removed"
    old = _shorten(value.old) if value.old_set else "not set"
    new = _shorten(value.new) if value.new_set else "not set"
    return f"{value.name} {old} -> {new}"


def _shorten(value: Any) -> str:
    return format_value(shorten_hashes(value) if isinstance(value, str) else value)


def file_text(file: FileChange) -> str:
    """
    >>> file_text(FileChange(path="a.py", change="added", commit="0123456789", subject="A"))
    'a.py (added, 01234567)'
    """
    when = "not committed" if file.commit is None else file.commit[:SHORT_HASH]
    return f"{file.path} ({when if file.change == 'changed' else f'{file.change}, {when}'})"


def _files_text(reason: FilesReason) -> str:
    prefix = f"{reason.kind} " if reason.kind in KINDS_IN_WORDS else ""
    files = _several_files(reason) if len(reason.files) > MAX_FILES else ", ".join(map(file_text, reason.files))
    if reason.files and (reason.recorded or prefix):
        return prefix + files
    return f"{prefix}{reason.dependency}: {NOT_FOUND}{f'; now {files}' if files else ''}"


def _several_files(reason: FilesReason) -> str:
    """How many, and the commits."""
    commits = dict.fromkeys("not committed" if f.commit is None else f.commit[:SHORT_HASH] for f in reason.files)
    return f"{len(reason.files)} files in {reason.dependency} ({format_examples(commits)})"


def _locked_versions_text(reason: LockedVersionsReason) -> str:
    if not reason.versions:
        return f"{reason.dependency} changed"
    versions = format_examples(
        f"{v.name} {v.old if v.old_set else 'none'} -> {v.new if v.new_set else 'none'}" for v in reason.versions
    )
    return f"{reason.dependency}: {versions}"


def _suite_text(reason: SuiteReason) -> str:
    parts = {"gained": reason.added, "lost": reason.removed, "has another title or source of": reason.changed}
    return "the suite " + " and ".join(f"{verb} {format_examples(keys)}" for verb, keys in parts.items() if keys)


def imports_text(files: Iterable[Sequence[FileChange]]) -> str:
    """By whom one changed module is imported; `files` are those of the same reason at several stages.

    >>> imports_text([[FileChange(path="a.py", change="changed", imported_by=["stages.x", "stages.y", "stages.a"])]])
    ', imported by stages.y'
    """
    changes = [each[0] for each in files if len(each) == 1]
    chains = [change.imported_by for change in changes if change.imported_by and len(change.imported_by) > 1]
    if not chains:
        return ""
    first, *others = dict.fromkeys(chain[-2] for chain in chains)
    return f", imported by {first}" + (f" and {len(others)} more" if others else "")
