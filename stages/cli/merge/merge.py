"""`restage merge`: resolves what a merge left in conflict, where Git ran without the merge driver."""

from collections.abc import Mapping
from pathlib import Path

from stages.cli.git import file_at_commit, git
from stages.cli.merge.install_driver import is_installed
from stages.cli.merge.merge_files import Merged, can_merge, merge_file
from stages.core.dvc.lock_file.lock_file import CONFLICT_BEGIN, LOCK, has_conflict_markers
from stages.core.errors import UserError, format_examples
from stages.core.files.atomic_write import remove, write_text

# Git's names of the versions of an unmerged file: of the common ancestor, of this side and of the other.
_VERSIONS = ("1", "2", "3")


def merge() -> None:
    """Resolve the files that the merge driver knows. Raises UserError with those that a person has to resolve."""
    unmerged = _unmerged_files()
    results = {path: _resolve(path, *_versions(blobs)) for path, blobs in unmerged.items() if can_merge(path)}
    if str(LOCK) not in unmerged and (versions := _versions_of_lock_file()):
        results[str(LOCK)] = _resolve(str(LOCK), *versions)
    for message in (message for merged in results.values() for message in merged.messages):
        print(message)
    resolved = [path for path, merged in results.items() if not merged.unresolved]
    print(f"resolved: {', '.join(resolved)}" if resolved else "nothing was resolved", flush=True)
    rest = [path for path in {**unmerged, **results} if path not in resolved]
    if rest:
        raise UserError(f"left to resolve: {format_examples(rest)}; edit them, `git add`, commit, then `restage run`")
    if resolved:
        print("now commit, then `restage run`")
    if resolved and not is_installed():
        print("`make setup` installs the merge driver, by which Git does this itself")


def _resolve(path: str, base: str, ours: str, theirs: str) -> Merged:
    """Write the merged file, and mark it as resolved if it is."""
    merged = merge_file(path, base, ours, theirs)
    if merged.text:
        write_text(Path(path), merged.text)
    else:
        remove(Path(path))
    if not merged.unresolved:
        git(*(["add"] if merged.text else ["rm", "--quiet", "--cached"]), "--", path)
    return merged


def _unmerged_files() -> dict[str, dict[str, str]]:
    """The object of each version of each file in conflict; a side without the file has none."""
    found: dict[str, dict[str, str]] = {}
    for line in filter(None, git("ls-files", "--unmerged", "-z").split("\0")):
        info, path = line.split("\t", 1)
        _, blob, version = info.split()
        found.setdefault(path, {})[version] = blob
    return found


def _versions(blobs: Mapping[str, str]) -> tuple[str, str, str]:
    base, ours, theirs = (git("cat-file", "blob", blobs[n]) if n in blobs else "" for n in _VERSIONS)
    return base, ours, theirs


def _versions_of_lock_file() -> tuple[str, str, str] | None:
    """The common ancestor's, ours and theirs, of a dvc.lock that Git takes for resolved; None if no merge is going on.

    They are read from commits: in the file, Git may have mixed the lines of both sides in one entry, also where it left
    no conflict markers.
    """
    for name in ("MERGE_HEAD", "REBASE_HEAD", "CHERRY_PICK_HEAD"):
        if theirs := _commit(name):
            ancestor = git("merge-base", "HEAD", theirs).strip() if name == "MERGE_HEAD" else f"{theirs}^"
            return file_at_commit(ancestor, LOCK), file_at_commit("HEAD", LOCK), file_at_commit(theirs, LOCK)
    if not has_conflict_markers(LOCK):
        return None
    committed = CONFLICT_BEGIN in file_at_commit("HEAD", LOCK)
    heads = git("rev-parse", "HEAD^@").split() if committed else ["HEAD"]
    texts = [file_at_commit(head, LOCK) for head in heads] or [""]
    if len(heads) < 2:
        return texts[0], texts[0], texts[0]
    ancestor = git("merge-base", *heads[:2]).strip()
    return file_at_commit(ancestor, LOCK), texts[0], texts[1]


def _commit(name: str) -> str:
    try:
        return git("rev-parse", "--verify", name).strip()
    except UserError:
        return ""
