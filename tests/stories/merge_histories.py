"""python -m tests.stories.merge_histories [--times N] [--from N] [--seed S]: random histories of two branches.

On each branch, datasets are added and removed, and parameters, code and accepted profiles changed, sometimes the same
on both; `restage run` runs and its result is committed. Then the branches are merged, rebased or cherry-picked: with
the merge driver, without it and by `restage merge`, or by lines, as the button of a hosting site does. Where both
branches set another value, a person takes one of them. After one `restage run`, everything must be what a clone without
cache and results computes from the same conf/ and code. With the driver, different changes cause no conflict and no
message, except where Git asks no driver: one branch removed a file that the other changed.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from threading import Lock

import yaml

from stages.core.dvc.lock_file.lock_entries import LockText
from tests.stories import light_pipeline
from tests.stories.preloaded import COMMANDS, preloaded_servers
from tests.stories.random_changes import KINDS, Touched, change, overlaps
from tests.stories.repo import Repo, remove

OPERATIONS = {
    "merge": ("merge", "--no-edit", "feature"),
    "rebase": ("rebase", "--empty=keep", "feature"),
    "cherry-pick": ("cherry-pick", "--keep-redundant-commits", "main..feature"),
}
RECORDS = ("rev-list", "main", "feature", "--", "dvc.lock")
# Without the driver, only a merge can be checked afterwards: its commit names both sides.
KINDS_OF_HISTORY = (*product(OPERATIONS, ("driver", "restage merge")), *[("merge", "lines")] * 3)
START = ("ant", "bee")
BRANCHES, CODE_BRANCHES = 12, 6
SAME_CHANGED, CACHE_SHARED, SECOND_COMMIT = 0.4, 0.5, 0.25
DROPPED = "dropped from dvc.lock"
MAX_CONFLICTS = 10
Entry = tuple[str, str]
Files = dict[str, bytes]


@dataclass
class History:
    """`mixed` are stages whose entry in the merged dvc.lock no branch recorded. `believed` are those of them that DVC
    would have taken for up to date although their outputs are others.
    """

    number: int
    operation: str
    way: str
    touched: tuple[list[Touched], list[Touched]] = field(default_factory=lambda: ([], []))
    conflicts: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)  # by one branch, and changed by the other
    mixed: list[str] = field(default_factory=list)
    believed: list[str] = field(default_factory=list)
    dropped: bool = False
    failure: str = ""

    @property
    def kind(self) -> str:
        changed = "the same" if overlaps(*self.touched) else "different things"
        return f"{self.operation}, {self.way}, {changed} changed"

    def __str__(self) -> str:
        found = {"conflicts": self.conflicts, "mixed": self.mixed, "believed": self.believed}
        details = "".join(f"; {name}: {' '.join(sorted(each))}" for name, each in found.items() if each)
        return f"{self.number}: {self.kind}{details}: {self.failure or 'the same as a clean run'}"


@dataclass
class Branch:
    """A repository with one or two commits after the start, each with changes and what `restage run` made of them."""

    repo: Repo
    touched: list[Touched]


class Histories:
    """`folder` holds a repository that was run and has the merge driver, and the branches that begin there.

    A history takes two branches. Each branch is made once.
    """

    def __init__(self, folder: Path, seed: int, preloaded: str) -> None:
        self.folder = folder
        self.seed = seed
        self.branches: dict[str, Branch] = {}
        self.clean_results: dict[str, Files] = {}
        self.locks: defaultdict[str, Lock] = defaultdict(Lock)
        self.start = light_pipeline.create(folder / "start", START, preloaded)
        self.start.run(sys.executable, "-m", "stages.cli.merge.install_driver")

    def try_history(self, number: int) -> History:
        rng = random.Random(f"{self.seed}-{number}")
        history = History(number, *rng.choice(KINDS_OF_HISTORY))
        folder = self.folder / f"history_{number}"
        try:
            self._try(history, rng, folder)
        except AssertionError as error:
            history.failure = str(error)
        if not history.failure:
            shutil.rmtree(folder)
        return history

    def _try(self, history: History, rng: random.Random, folder: Path) -> None:
        ours, theirs = self._two_branches(history, rng)
        history.touched = (ours.touched, theirs.touched)
        repo = ours.repo.copy(folder / "ours")
        repo.git("fetch", "--quiet", str(theirs.repo.path), "main:feature")
        if rng.random() < CACHE_SHARED:
            shutil.copytree(theirs.repo.path / ".dvc/cache", repo.path / ".dvc/cache", dirs_exist_ok=True)
        recorded = {entry for commit in repo.git(*RECORDS).split() for entry in entries(repo, commit)}
        if history.way != "driver":
            repo.git("config", "--remove-section", "merge.restage")
        both = changed_by_both(repo)
        output = join_branches(repo, history, rng)
        if history.way == "driver" and not overlaps(*history.touched):
            assert not history.conflicts - history.removed, f"conflicts: {output}"
            assert both or "restage:" not in output, output
        merged = dict(entries(repo, "HEAD"))
        history.mixed = sorted(name for name, entry in merged.items() if (name, entry) not in recorded)
        history.dropped = DROPPED in run(repo)
        repo.commit("Results of both")
        clean = self._clean_result(repo, folder / "clean")
        expected = LockText.parse(clean["dvc.lock"].decode()).entries
        history.believed = [name for name in history.mixed if is_believed(merged[name], expected.get(name, ""))]
        history.failure = difference(read_files(repo), clean)

    def _two_branches(self, history: History, rng: random.Random) -> tuple[Branch, Branch]:
        """By lines, two changes of datasets conflict, in the guard's entry at least: one side changes only code."""
        if history.way == "lines":
            return self._branch("code", rng.randrange(CODE_BRANCHES)), self._branch("first", rng.randrange(BRANCHES))
        number = rng.randrange(BRANCHES)
        if rng.random() < SAME_CHANGED:
            return self._branch("first", number), self._branch("same", number)
        other = (number + rng.randrange(1, BRANCHES)) % BRANCHES
        return self._branch("first", number), self._branch("first", other)

    def _branch(self, kind: str, number: int) -> Branch:
        """The branch `same` of a number touches what the branch `first` of that number does."""
        same_as = self._branch("first", number).touched if kind == "same" else ()
        name = f"{kind}_{number}"
        with self.locks[name]:
            if name not in self.branches:
                rng, branch = random.Random(f"{self.seed}-{name}"), Branch(self.start.copy(self.folder / name), [])
                change_branch(branch, rng, same_as, ("code",) if kind == "code" else tuple(KINDS))
                self.branches[name] = branch
        return self.branches[name]

    def _clean_result(self, repo: Repo, folder: Path) -> Files:
        """The results of a clone without cache, made once for the same conf/ and code."""
        sources = repo.git("rev-parse", "HEAD:conf", "HEAD:code")
        with self.locks[sources]:
            if sources not in self.clean_results:
                clean = Repo(folder, repo.preloaded)
                repo.git("clone", "--quiet", "--shared", str(repo.path), str(folder))
                for name in ("dvc.lock", "params.yaml", "reports", "stages"):
                    remove(folder / name)
                shutil.copytree(repo.path / "stages", folder / "stages")  # the same, and already compiled
                run(clean)
                self.clean_results[sources] = read_files(clean)
        return self.clean_results[sources]


def run(repo: Repo) -> str:
    done = repo.restage("run", "-j", "1", "--no-preload", ok=False)
    assert done.returncode == 0, f"{repo.path}: restage run: {done.stdout}{done.stderr}"
    return done.stdout


def entries(repo: Repo, commit: str) -> set[Entry]:
    return set(LockText.parse(repo.git("show", f"{commit}:dvc.lock")).entries.items())


def change_branch(branch: Branch, rng: random.Random, same_as: Iterable[Touched], kinds: Sequence[str]) -> None:
    for first in (True, False):
        if first or rng.random() < SECOND_COMMIT:
            for _ in range(rng.choice((1, 2))):
                branch.touched += [change(branch.repo, rng, same_as, kinds)]
            run(branch.repo)
            branch.repo.commit("A change")


def changed_by_both(repo: Repo) -> set[str]:
    """The stages of datasets that each branch recorded in another way."""
    start = entries(repo, repo.git("merge-base", "main", "feature").strip())
    changed = [{name for name, _ in start ^ entries(repo, branch) if "@" in name} for branch in ("main", "feature")]
    return changed[0] & changed[1]


def join_branches(repo: Repo, history: History, rng: random.Random) -> str:
    """Returns what Git printed, the driver's messages among it."""
    output = ""
    done = repo.run("git", *OPERATIONS[history.operation], ok=False)
    for _ in range(MAX_CONFLICTS):
        output += done.stdout + done.stderr
        unmerged = set(repo.git("diff", "--name-only", "--diff-filter=U").split())
        if not unmerged and not in_progress(repo):
            assert done.returncode == 0, output
            return output
        history.conflicts |= unmerged
        history.removed |= {name for name in unmerged if not sides(repo, name) >= {"2", "3"}}
        resolve(repo, rng)
        done = continue_operation(repo, history.operation)
    raise AssertionError(f"{repo.path}: conflicts without an end")


def in_progress(repo: Repo) -> bool:
    return any(
        (repo.path / ".git" / name).exists() for name in ("MERGE_HEAD", "CHERRY_PICK_HEAD", "rebase-merge", "sequencer")
    )


def sides(repo: Repo, name: str) -> set[str]:
    """Git's numbers of the versions of an unmerged file: 2 and 3 are those of the sides that have it."""
    return {line.split()[2] for line in repo.git("ls-files", "--unmerged", "--", name).splitlines()}


def resolve(repo: Repo, rng: random.Random) -> None:
    """`restage merge`, then a person takes one side of what is left. A removed file goes unless the suite needs it."""
    repo.restage("merge", ok=False)
    unmerged = repo.git("diff", "--name-only", "--diff-filter=U").split()
    for name in sorted(unmerged, key=lambda name: not name.startswith("conf/suite")):
        if sides(repo, name) >= {"2", "3"}:
            repo.git("checkout", rng.choice(("--ours", "--theirs")), "--", name)
        elif name.startswith("conf/") and Path(name).stem not in light_pipeline.suite_of(repo):
            repo.git("rm", "--quiet", "--", name)
            continue
        repo.git("add", "--", name)


def continue_operation(repo: Repo, operation: str) -> subprocess.CompletedProcess[str]:
    if operation == "merge":
        return repo.run("git", "commit", "--no-edit", ok=False)
    if operation == "cherry-pick" and not repo.git("status", "--porcelain"):
        done = repo.run("git", "commit", "--allow-empty", "--no-edit")  # nothing is left of the commit
        if not in_progress(repo):
            return done
    return repo.run("git", operation, "--continue", ok=False, env={"GIT_EDITOR": "true"})


def is_believed(entry: str, clean: str) -> bool:
    """Whether it has the command, dependencies and parameters of a clean run, but other outputs."""
    (inputs, _, outputs), (clean_inputs, _, clean_outputs) = (each.partition("    outs:\n") for each in (entry, clean))
    return inputs == clean_inputs and outputs != clean_outputs


def read_files(repo: Repo) -> Files:
    """params.yaml, dvc.lock and all outputs of the suite, and the reports in git.

    DVC leaves the entries of datasets that left the suite in dvc.lock. They have to be its last ones.
    """
    lock = LockText.parse(repo.read("dvc.lock"))
    suite = light_pipeline.suite_of(repo)
    present = [name for name in lock.entries if name.partition("@")[2] in ("", *suite)]
    assert list(lock.entries)[: len(present)] == present, f"{repo.path}: dvc.lock: the order of entries"
    lock.entries = {name: lock.entries[name] for name in present}
    files = {"dvc.lock": str(lock).encode(), "params.yaml": (repo.path / "params.yaml").read_bytes()}
    outputs = [out["path"] for entry in yaml.safe_load(str(lock))["stages"].values() for out in entry["outs"]]
    for path in (repo.path / name for name in {*outputs, *repo.git("ls-files", "reports").split()}):
        for file in path.rglob("*") if path.is_dir() else [path]:
            files[str(file.relative_to(repo.path))] = file.read_bytes() if file.is_file() else b"missing"
    return files


def difference(files: Files, clean: Files) -> str:
    """The files that differ; empty if there are none."""
    return " ".join(sorted(name for name in {*files, *clean} if files.get(name) != clean.get(name)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--from", type=int, default=0, dest="first", help="the number of the first history")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="how many are tried at once")
    parser.add_argument("--folder", type=Path, help="an empty folder, in which the repositories that failed are kept")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each process would compile our modules again
    with tempfile.TemporaryDirectory() as folder, preloaded_servers([COMMANDS]) as preloaded:
        histories = Histories(options.folder or Path(folder), options.seed, preloaded)
        with ThreadPoolExecutor(options.jobs) as pool:
            tried = []
            for history in pool.map(histories.try_history, range(options.first, options.first + options.times)):
                tried.append(history)
                print(history, flush=True)
    print(summary(tried))
    sys.exit(any(history.failure for history in tried))


def summary(tried: Sequence[History]) -> str:
    counts = Counter(history.kind for history in tried)
    good = Counter(history.kind for history in tried if not history.failure)
    lines = [f"{kind}: {good[kind]} of {count} are the same as a clean run" for kind, count in sorted(counts.items())]
    mixed, dropped, believed = (sum(bool(getattr(h, name)) for h in tried) for name in ("mixed", "dropped", "believed"))
    lines += [f"histories in which entries of dvc.lock were mixed: {mixed}; `restage run` dropped some: {dropped}"]
    return "\n".join([*lines, f"of these, DVC would have believed a record of what never happened: {believed}"])


if __name__ == "__main__":
    main()
