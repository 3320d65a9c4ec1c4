"""`restage merge`: resolves what a merge left in conflict, where Git ran without the merge driver."""

from collections.abc import Mapping
from pathlib import Path

from stages.cli.git import file_at_commit, git
from stages.cli.merge.merge_files import Merged, can_merge, merge_file
from stages.core.dvc.lock_file import LOCK, has_conflict_markers
from stages.core.errors import UserError, format_examples
from stages.core.runtime.atomic_write import remove, write_text

# Git's names of the versions of an unmerged file: of the common ancestor, of this side and of the other.
_VERSIONS = ("1", "2", "3")


def merge() -> None:
    """Resolve the files that the merge driver knows. Raises UserError with those that a person has to resolve."""
    unmerged = _unmerged_files()
    results = {path: _merge_unmerged(path, blobs) for path, blobs in unmerged.items() if can_merge(path)}
    if has_conflict_markers(LOCK):
        results[str(LOCK)] = _merge(str(LOCK), *_versions_of_lock_file())
    for message in (message for merged in results.values() for message in merged.messages):
        print(message)
    resolved = [path for path, merged in results.items() if not merged.unresolved]
    print(f"resolved: {', '.join(resolved)}" if resolved else "nothing was resolved", flush=True)
    rest = [path for path in {**unmerged, **results} if path not in resolved]
    if rest:
        raise UserError(f"left to resolve: {format_examples(rest)}; edit them, `git add`, commit, then `restage run`")
    if resolved:
        print("now commit, then `restage run`")


def _merge_unmerged(path: str, blobs: Mapping[str, str]) -> Merged:
    """Merge the versions in Git's index, and mark the file as resolved if it is."""
    merged = _merge(path, *(git("cat-file", "blob", blobs[n]) if n in blobs else "" for n in _VERSIONS))
    if not merged.unresolved:
        git(*(["add"] if merged.text else ["rm", "--quiet", "--cached"]), "--", path)
    return merged


def _merge(path: str, base: str, ours: str, theirs: str) -> Merged:
    try:
        merged = merge_file(path, base, ours, theirs)
    except ValueError as error:
        solution = f"`git checkout --ours {path}` takes the version of this side"
        raise UserError(f"{path}: cannot be merged ({error}); {solution}") from None
    if merged.text:
        write_text(Path(path), merged.text)
    else:
        remove(Path(path))
    return merged


def _unmerged_files() -> dict[str, dict[str, str]]:
    """The object of each version of each file in conflict; a side without the file has none."""
    found: dict[str, dict[str, str]] = {}
    for line in filter(None, git("ls-files", "--unmerged", "-z").split("\0")):
        info, path = line.split("\t", 1)
        _, blob, version = info.split()
        found.setdefault(path, {})[version] = blob
    return found


def _versions_of_lock_file() -> tuple[str, str, str]:
    """The common ancestor's, ours and theirs, of a dvc.lock with conflict markers that Git takes for resolved.

    They are read from commits: between the markers, Git may have mixed the lines of both sides in one entry.
    """
    committed = "<<<<<<< " in file_at_commit("HEAD", LOCK)
    heads = git("rev-parse", "HEAD^@").split() if committed else ["HEAD", *_merge_head()]
    texts = [file_at_commit(head, LOCK) for head in heads] or [""]
    if len(heads) < 2:
        return texts[0], texts[0], texts[0]
    ancestor = git("merge-base", *heads[:2]).strip()
    return file_at_commit(ancestor, LOCK), texts[0], texts[1]


def _merge_head() -> list[str]:
    try:
        return [git("rev-parse", "--verify", "MERGE_HEAD").strip()]
    except UserError:
        return []
