"""python -m tests.stories.kills [--random N] [--aimed N] [--checkpoints N] [--seed S] [--from N] [--results FILE]

Each kill's result is appended to the file, so a script that was interrupted continues with --from.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock

from tests.stories.kills.aims import AIMS, CHECKPOINT_AIMS
from tests.stories.kills.kill import RUN_AGAIN, Kill, Outcome, aimed_kills, random_kills, try_kill, undisturbed
from tests.stories.kills.light_project import light_project, training_project
from tests.stories.preloaded import preloaded_servers
from tests.stories.repo import Repo


def selected(options: argparse.Namespace) -> list[Kill]:
    """Aimed ones first: they find more."""
    kills = [
        *aimed_kills(options.aimed, options.seed),
        *random_kills(options.random, options.seed),
        *aimed_kills(options.checkpoints, options.seed, CHECKPOINT_AIMS),
    ]
    return kills[options.start :: options.step]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--random", type=int, default=120)
    parser.add_argument("--aimed", type=int, default=60)
    parser.add_argument("--checkpoints", type=int, default=0, help="kills in a real training; they take minutes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--from", type=int, default=0, dest="start", help="the first kill to try")
    parser.add_argument("--step", type=int, default=1, help="try each Nth kill: several scripts can share the work")
    parser.add_argument("--results", type=Path, default=Path(tempfile.gettempdir(), "kills.jsonl"))
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir(), "kills"),
        help="holds the undisturbed runs, and the repositories of kills that did not survive",
    )  # fmt: skip
    options = parser.parse_args()
    failed = 0
    with preloaded_servers() as preloaded:
        for kill in selected(options):
            outcome = try_one(kill, options.folder.resolve(), preloaded)
            failed += bool(outcome.failures)
            with options.results.open("a", encoding="utf-8") as results:
                results.write(json.dumps({**asdict(kill), **asdict(outcome)}) + "\n")
            print(f"{kill}: {outcome.failures or 'survived'}{'' if outcome.hit else ' (not hit)'}", flush=True)
    sys.exit(failed != 0)


def try_one(kill: Kill, folder: Path, preloaded: str) -> Outcome:
    """Several scripts may use the folder."""
    make, project = (training_project, "training") if kill.aim in CHECKPOINT_AIMS else (light_project, "light")
    own = folder / project
    own.mkdir(parents=True, exist_ok=True)
    with FileLock(own / "base.lock"):
        base = finished_project(own / "base", preloaded, make)
    with FileLock(own / f"{kill.scenario}.lock"):
        expected = undisturbed(base, kill.scenario, own)
    name = f"{'aimed' if kill.aim else 'random'}_{kill.number}"
    return try_kill(kill, base, expected, own / name, AIMS | CHECKPOINT_AIMS)


def finished_project(folder: Path, preloaded: str, make: Callable[[Path], Repo]) -> Repo:
    """Made once; the repositories of the kills are copies of it."""
    finished, repo = folder / "finished", Repo(folder / "repo", preloaded)
    if not finished.exists():
        make(repo.path)
        repo.run(*RUN_AGAIN)
        repo.commit("Results")
        repo.git("gc", "--quiet")
        finished.touch()
    return repo


if __name__ == "__main__":
    main()
