"""python -m tests.stories.kills [--random N] [--aimed N] [--seed S] [--from N] [--results FILE] --folder FOLDER

Each kill's result is appended to the file, so a script that was interrupted continues with --from.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock

from tests.stories.kills.kill import RUN_AGAIN, Kill, aimed_kills, random_kills, try_kill, undisturbed
from tests.stories.kills.light_project import light_project
from tests.stories.preloaded import preloaded_servers
from tests.stories.repo import Repo


def selected(options: argparse.Namespace) -> list[Kill]:
    """Aimed ones first: they find more."""
    kills = [*aimed_kills(options.aimed, options.seed), *random_kills(options.random, options.seed)]
    return kills[options.start :: options.step]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--random", type=int, default=10)
    parser.add_argument("--aimed", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--from", type=int, default=0, dest="start", help="the first kill to try")
    parser.add_argument("--step", type=int, default=1, help="try each Nth kill: two scripts can share the work")
    parser.add_argument("--results", type=Path, default=Path("kills.jsonl"))
    parser.add_argument("--folder", type=Path, required=True, help="holds what is used again, and what did not survive")
    options = parser.parse_args()
    folder, failed = options.folder.resolve(), 0
    with preloaded_servers() as preloaded:
        base = finished_project(folder / "base", preloaded)
        for kill in selected(options):
            with FileLock(f"{folder}/{kill.scenario}.lock"):
                expected = undisturbed(base, kill.scenario, folder)
            name = f"{'aimed' if kill.aim else 'random'}_{kill.number}"
            outcome = try_kill(kill, base, expected, folder / name)
            failed += bool(outcome.failures)
            with options.results.open("a", encoding="utf-8") as results:
                results.write(json.dumps({**asdict(kill), **asdict(outcome)}) + "\n")
            print(f"{kill}: {outcome.failures or 'survived'}{'' if outcome.hit else ' (not hit)'}", flush=True)
    sys.exit(failed != 0)


def finished_project(folder: Path, preloaded: str) -> Repo:
    """Made once; the repositories of the kills are copies of it."""
    finished, repo = folder / "finished", Repo(folder / "repo", preloaded)
    if not finished.exists():
        light_project(repo.path)
        repo.run(*RUN_AGAIN)
        repo.commit("Results")
        repo.git("gc", "--quiet")
        finished.touch()
    return repo


if __name__ == "__main__":
    main()
