"""Checks of the Git repository: what is committed, and how generated files are merged."""

import zipfile
from configparser import ConfigParser
from pathlib import Path

from stages.cli.doctor.finding import Finding, format_bytes, ok, problem, warning
from stages.cli.git import git
from stages.cli.merge.merge_files import PATTERNS
from stages.core.errors import UserError, format_examples

# What commands write and a person commits.
GENERATED = ("dvc.lock", "params.yaml", "conf/accepted", "conf/refreshed", "reports", "stages/locked")
LARGEST_TRACKED = 1024**2
DVC_CONFIG = Path(".dvc/config")


def git_repository() -> Finding:
    """DVC refuses to start without Git, unless it is configured for that."""
    try:
        top = git("rev-parse", "--show-toplevel").strip()
    except UserError as error:
        if _is_without_git():
            return warning("none, as DVC is configured (core.no_scm)", "`restage verify` and `restage merge` need Git")
        return _unusable("; ".join(error.messages))
    return ok(top)


def _unusable(message: str) -> Finding:
    """Git's own message names the command that helps, but for these two."""
    if "not a git repository" in message:
        return problem(message, "`git init`, then commit; or `dvc config core.no_scm true`")
    return problem(message, "install it" if message == "git is not installed" else "")


def read_git(*arguments: str) -> str:
    """The output of a Git command; why Git cannot be used is said once, by `git_repository`."""
    try:
        return git(*arguments)
    except UserError:
        raise UserError("Git cannot be used here; see Git") from None


def _is_without_git() -> bool:
    config = ConfigParser(interpolation=None, strict=False)
    config.read(DVC_CONFIG, encoding="utf-8")
    return config.get("core", "no_scm", fallback="").lower() == "true"


def uncommitted() -> Finding:
    """Generated files that differ from the last commit. The index is not refreshed: nothing is written."""
    listed = read_git("--no-optional-locks", "status", "--porcelain", "-z", "--no-renames", "--", *GENERATED)
    names = [line[3:] for line in listed.split("\0") if line]
    if names:
        return warning(f"not committed: {format_examples(names)}", f"`git add {' '.join(names[:5])}`, `git commit`")
    return ok("dvc.lock and other generated files are committed")


def tracked_outputs() -> Finding:
    """Files that .gitignore excludes and Git tracks all the same; DVC refuses outputs that Git tracks."""
    names = _listed("ls-files", "-z", "--cached", "--ignored", "--exclude-standard")
    if names:
        folders = sorted({str(Path(name).parent) for name in names})
        return problem(
            f"Git tracks files that .gitignore excludes: {format_examples(names)}",
            f"`git rm -r --cached {' '.join(folders[:5])}`, then commit",
        )
    return ok("Git tracks no output of DVC")


def large_files() -> Finding:
    """Data belong to DVC: Git keeps every version in every clone."""
    sizes = {name: Path(name).stat().st_size for name in _listed("ls-files", "-z") if Path(name).is_file()}
    large = [name for name, size in sizes.items() if size > LARGEST_TRACKED]
    if large:
        examples = format_examples(f"{name} ({format_bytes(sizes[name])})" for name in large)
        return warning(f"Git tracks {examples}", f"`git rm --cached {' '.join(large[:5])}`, then `dvc add FILE`")
    return ok(f"no tracked file is larger than {format_bytes(LARGEST_TRACKED)}")


def _listed(*command: str) -> list[str]:
    return [name for name in read_git(*command).split("\0") if name]


def history() -> Finding:
    if read_git("rev-parse", "--is-shallow-repository").strip() == "true":
        return warning("shallow: `restage verify` and `dvc metrics diff` miss commits", "`git fetch --unshallow`")
    return ok("complete")


def merge_driver() -> Finding:
    """Git runs a copy in .git, which has to be that of the code."""
    from stages.cli.merge.install_driver import ARCHIVE, is_installed

    archive = Path(read_git("rev-parse", "--git-common-dir").strip(), ARCHIVE)
    if not is_installed():
        return warning("not installed: merges of dvc.lock conflict", "`make setup`")
    if not archive.is_file():
        return problem(f"{archive}: not found; every merge of dvc.lock fails", "`make setup`")
    if not _has_present_code(archive):
        return warning(f"{archive}: not the present code", "`python -m stages.cli.merge.install_driver`")
    return ok("installed, with the present code")


def _has_present_code(archive: Path) -> bool:
    from stages.cli.merge.install_driver import MODULES, PACKAGE

    try:
        with zipfile.ZipFile(archive) as content:
            return all(content.read(f"stages/{module}") == (PACKAGE / module).read_bytes() for module in MODULES)
    except (zipfile.BadZipFile, KeyError):
        return False


def merge_attributes() -> Finding:
    """.gitattributes names the merge driver for each generated file."""
    examples = [pattern.replace("*", "x") for pattern in PATTERNS]
    fields = read_git("check-attr", "-z", "merge", "--", *examples).split("\0")
    driver = dict(zip(fields[0::3], fields[2::3], strict=False))
    lacking = [pattern for pattern, name in zip(PATTERNS, examples, strict=True) if driver.get(name) != "restage"]
    if lacking:
        return warning(
            f".gitattributes names no merge driver for {format_examples(lacking)}",
            f"add the lines `{lacking[0]} merge=restage`, or `git checkout HEAD -- .gitattributes`",
        )
    return ok(".gitattributes names the merge driver")
