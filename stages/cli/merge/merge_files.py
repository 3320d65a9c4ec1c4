"""Three-way merges of the files that Restage writes, and of the lists of datasets in conf/suite.

Only the standard library is imported: Git runs this module without the packages of the project.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from stages.cli.merge.merge_entries import merge_entries
from stages.core.dvc.lock_file.lock_entries import LockText

# What can be merged; .gitattributes names the same files.
PATTERNS = (
    "dvc.lock",
    "params.yaml",
    "conf/suite/*.yaml",
    "conf/accepted/*.json",
    "conf/refreshed/*.json",
    "reports/metrics/*.json",
    "reports/headlines/*.md",
    "reports/data_checks/*.md",
)
_DEFAULTS = re.compile(r"^defaults:\n((?:  - .*\n)*)", re.MULTILINE)


@dataclass
class Merged:
    """`messages` say what both sides changed and what settles it; `unresolved` is set if a person has to decide."""

    text: str
    messages: list[str] = field(default_factory=list)
    unresolved: bool = False


def can_merge(path: str) -> bool:
    """`path` is relative to the folder with dvc.yaml."""
    return any(path.count("/") == pattern.count("/") and fnmatch(path, pattern) for pattern in PATTERNS)


def merge_file(path: str, base: str, ours: str, theirs: str) -> Merged:
    """The text is empty where a side has no such file. The folder with dvc.yaml may lie anywhere in `path`.

    A file that cannot be read as what it should be is merged by lines, and left to a person.
    """
    try:
        return _merge(PurePosixPath(path), base, ours, theirs)
    except ValueError as error:
        text = merge_text(base, ours, theirs, markers=True) or ours
        return Merged(text, [f"{path}: merged by lines ({error})"], unresolved=True)


def _merge(path: PurePosixPath, base: str, ours: str, theirs: str) -> Merged:
    if (path.match("reports/*/*") or path.match("conf/refreshed/*")) and base and not (ours and theirs):
        return Merged("")  # one side removed the dataset; what the other wrote for it is of no use
    if path.match("dvc.lock"):
        return merge_lock(path, base, ours, theirs)
    if path.match("params.yaml"):
        return Merged(merge_text(base, ours, theirs) or ours)
    if path.match("reports/*/*.md"):
        rows, _ = merge_entries(_rows(base), _rows(ours), _rows(theirs))
        return Merged("".join(rows.values()))
    if path.match("conf/accepted/*.json"):
        return merge_accepted_profile(path, base, ours, theirs)
    if path.match("conf/suite/*.yaml"):
        return merge_suite(base, ours, theirs)
    # A record of data that conf/ does not pin after the merge is not shown.
    if path.match("reports/metrics/*.json") or path.match("conf/refreshed/*.json"):
        return Merged(theirs if ours == base else ours)
    raise ValueError("no file that Restage writes")


def merge_lock(path: PurePosixPath, base: str, ours: str, theirs: str) -> Merged:
    """Each entry stays the one of a side. If both sides changed a stage, ours is kept.

    It says truthfully what that stage read and wrote. DVC compares it with what the stage would read now.
    """
    locks = [LockText.parse(text.replace("\r\n", "\n")) for text in (base, ours, theirs)]
    entries, conflicts = merge_entries(*(lock.entries for lock in locks))
    merged = LockText(locks[1].header, entries, locks[1].footer or locks[2].footer)
    # The guard and the summary read all datasets, so that they differ after any two changes.
    of_datasets = [name for name in conflicts if "@" in name]
    message = f"{path}: both sides changed {_names(of_datasets)}; `restage run` settles it"
    return Merged(str(merged), [message] if of_datasets else [])


def merge_suite(base: str, ours: str, theirs: str) -> Merged:
    """The datasets in `defaults` are merged as a list: two sides that each add one do not conflict."""
    parts = [_split_at_defaults(text) for text in (base, ours, theirs)]
    before = merge_text(*(part[0] for part in parts))
    after = merge_text(*(part[2] for part in parts))
    if before is None or after is None:
        return Merged(merge_text(base, ours, theirs, markers=True) or ours, [], unresolved=True)
    lines, _ = merge_entries(*({line: line for line in part[1]} for part in parts))
    return Merged(before + "".join(lines) + after)


def merge_accepted_profile(path: PurePosixPath, base: str, ours: str, theirs: str) -> Merged:
    """Which data are accepted is a person's decision; the file stays readable until it is made."""
    if ours == base or theirs in (base, ours):
        return Merged(theirs if ours == base else ours)
    if not (ours and theirs):
        return Merged(ours or theirs, [f"{path}: one side removed it, the other accepted a profile"], unresolved=True)
    solution = f"`restage accept {path.stem}` accepts the present data"
    return Merged(ours, [f"{path}: both sides accepted a profile, and ours is kept; {solution}"], unresolved=True)


def merge_text(base: str, ours: str, theirs: str, *, markers: bool = False) -> str | None:
    """The merge by lines, as Git does it; None if the two sides conflict, unless conflict markers are wanted."""
    with TemporaryDirectory() as folder:
        for name, text in (("ours", ours), ("base", base), ("theirs", theirs)):
            Path(folder, name).write_bytes(text.encode())
        command = ["git", "merge-file", "--stdout", "ours", "base", "theirs"]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return done.stdout.decode() if done.returncode == 0 or markers else None


def _split_at_defaults(text: str) -> tuple[str, list[str], str]:
    """The text before the list `defaults`, its lines, and the text after it."""
    found = _DEFAULTS.search(text)
    if found is None:
        return text, [], ""
    return text[: found.start(1)], found[1].splitlines(keepends=True), text[found.end(1) :]


def _rows(table: str) -> dict[str, str]:
    """The lines of a Markdown table by the text in their first column."""
    return {line.split("|")[1].strip() if line.count("|") > 1 else line: line for line in table.splitlines(True)}


def _names(names: list[str], limit: int = 5) -> str:
    rest = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + rest
