"""A repository whose branches `main` and `feature` changed different datasets in dvc.lock."""

import subprocess
from pathlib import Path

from tests.cli.merge.test_merge_files import lock

ROOT = Path(__file__).parents[3]
BASE, OURS, THEIRS = (
    lock(guard=1, train_at_a=1, train_at_b=1),
    lock(guard=2, train_at_a=2, train_at_b=1),
    lock(guard=3, train_at_a=1, train_at_b=2),
)
MERGED = lock(guard=2, train_at_a=2, train_at_b=2)


def git(*arguments: str, fails: bool = False) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def commit(**files: str) -> None:
    for name, text in files.items():
        path = Path(name.replace("__", "/"))
        path = path.with_name(path.name.replace("_dot_", "."))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git("add", "--all")
    git("commit", "--quiet", "--message", "change")


def merge_a_removed_file(name: str) -> None:
    """`feature` removes the file, `main` changes it, and Git leaves the merge in conflict."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("1\n")
    commit()
    git("branch", "--force", "feature")
    path.write_text("2\n")
    commit()
    git("switch", "--quiet", "feature")
    git("rm", "--quiet", name)
    git("commit", "--quiet", "--message", "remove")
    git("switch", "--quiet", "main")
    git("merge", "feature", fails=True)


def create_branches(folder: Path = Path()) -> None:
    """In the current folder, with dvc.lock in `folder`; `main` is checked out."""
    git("init", "--quiet", "--initial-branch", "main")
    attributes = (ROOT / ".gitattributes").read_text()
    at = f"{folder}/".removeprefix("./").replace("/", "__")
    commit(**{f"{at}dvc_dot_lock": BASE, f"{at}_dot_gitattributes": attributes, f"{at}other_dot_txt": "1\n"})
    git("switch", "--quiet", "--create", "feature")
    commit(**{f"{at}dvc_dot_lock": THEIRS})
    git("switch", "--quiet", "main")
    commit(**{f"{at}dvc_dot_lock": OURS})
