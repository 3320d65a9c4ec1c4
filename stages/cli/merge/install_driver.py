"""Copies the merge driver into .git and names it in Git's configuration of this clone."""

import tempfile
import zipapp
from pathlib import Path
from shutil import copyfile

import stages
from stages.cli.git import git
from stages.core.errors import UserError
from stages.core.run_stage.stage import report_user_errors

PACKAGE = Path(stages.__file__).parent
# All that the driver imports, and the packages that they are in.
MODULES = (
    "__init__.py",
    "core/__init__.py",
    "core/dvc/__init__.py",
    "core/dvc/lock_file/__init__.py",
    "core/dvc/lock_file/lock_entries.py",
    "cli/__init__.py",
    "cli/merge/__init__.py",
    "cli/merge/merge_driver.py",
    "cli/merge/merge_entries.py",
    "cli/merge/merge_files.py",
)
ARCHIVE = "restage-merge-driver.pyz"
# Git runs these commands by a shell, at the top of the work tree. `%P` is the path of the merged file.
_MERGE = f'python3 "$(git rev-parse --git-common-dir)/{ARCHIVE}" %O %A %B %P'
_HAS_PYTHON = "python3 -c 'import sys; sys.exit(sys.version_info < (3, 7))'"
_MERGE_LINES = (
    "git merge-file -q %A %O %B; "
    "echo 'restage: the merge driver needs python3, 3.7 or newer; `restage merge` resolves' %P >&2; exit 1"
)
SETTINGS = {
    "name": "Restage: entry by entry",
    "driver": f"{_HAS_PYTHON} || {{ {_MERGE_LINES}; }}; {_MERGE}",
    # If two branches have several common ancestors, Git merges these first. With `binary` it takes their ancestor, and
    # prints no messages about what the ancestors differ in.
    "recursive": "binary",
}


def install_merge_driver() -> None:
    """Raises UserError outside a Git repository."""
    with tempfile.TemporaryDirectory() as folder:
        for module in MODULES:
            copy = Path(folder, "stages", module)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copyfile(PACKAGE / module, copy)
        archive = Path(git("rev-parse", "--git-common-dir").strip(), ARCHIVE)
        written = archive.with_suffix(".incomplete")
        zipapp.create_archive(folder, written, main="stages.cli.merge.merge_driver:main")
        written.replace(archive)
    for name, value in SETTINGS.items():
        git("config", f"merge.restage.{name}", value)


def is_installed() -> bool:
    """Whether Git is configured to use it, by this version of Restage."""
    try:
        return git("config", "merge.restage.driver").strip() == SETTINGS["driver"]
    except UserError:
        return False


if __name__ == "__main__":
    with report_user_errors("setup", debug=False):
        install_merge_driver()
