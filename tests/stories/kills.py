"""python -m tests.stories.kills [--times N] [--seed S]: kills a pipeline at random, and sees whether it recovers.

Each time, a stage of a small suite is made stale with all that follows, `dvc repro` is started and, somewhere in that
stage, the stage's process, DVC or both are killed with SIGKILL. The next `dvc repro` has to finish, and dvc.lock and
all outputs have to be those of a run that nobody disturbed.

DVC writes .dvc/tmp/rwlock in place: killed in that instant, after the stage is through, it leaves the file empty and
its next start is refused until someone removes it. Such a kill is counted as not survived.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.stories.repo import Repo, clone, environment
from tests.stories.test_what_runs import EVERYTHING

WHOM = ("stage", "dvc", "both")
LIMIT = 120.0
LATEST = 1.25


@dataclass(frozen=True)
class Kill:
    """`after` is the part of the stage's usual time that is let pass; beyond all of it DVC records the result."""

    stage: str
    whom: str
    after: float

    def __str__(self) -> str:
        return f"{self.stage}: {self.whom} at {self.after:.0%}"


def kills(times: int, seed: int) -> list[Kill]:
    """Every stage in turn, in an order of its own, each time someone else."""
    chance = random.Random(seed)
    stages = sorted(EVERYTHING)
    chance.shuffle(stages)
    whom = chance.randrange(len(WHOM))
    return [
        Kill(stages[n % len(stages)], WHOM[(n + whom) % len(WHOM)], chance.uniform(0, LATEST)) for n in range(times)
    ]


def usual_seconds(repo: Repo, stages: Iterable[str]) -> dict[str, float]:
    """How long each stage's process lives when it is left alone."""
    seconds = {}
    for stage in sorted(set(stages)):
        forget(repo, stage)
        began = time.monotonic()
        repo.run(*command_of(repo, stage))
        seconds[stage] = time.monotonic() - began
    return seconds


def command_of(repo: Repo, stage: str) -> list[str]:
    """Without the shell's `exec`."""
    return str(yaml.safe_load(repo.read("dvc.lock"))["stages"][stage]["cmd"]).split()[1:]


def forget(repo: Repo, stage: str) -> None:
    """As if it had never run: no entry, no cached run, no outputs."""
    shutil.rmtree(repo.path / ".dvc/cache/runs", ignore_errors=True)
    lock = yaml.safe_load(repo.read("dvc.lock"))
    for out in lock["stages"].get(stage, {}).get("outs", []):
        place = repo.path / out["path"]
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)


def survives(finished: Repo, kill: Kill, seconds: float, folder: Path) -> str:
    """What is wrong afterwards; nothing, if all is well."""
    repo = finished.copy(folder)
    lock, whole = repo.read("dvc.lock"), outputs(repo)
    commands = {" ".join(command_of(repo, kill.stage)): kill.stage}
    forget(repo, kill.stage)
    without = yaml.safe_load(lock)
    del without["stages"][kill.stage]
    repo.write("dvc.lock", yaml.safe_dump(without, sort_keys=False))
    strike(repo, next(iter(commands)), kill, seconds)
    again = repo.dvc("repro", ok=False)
    if again.returncode != 0:
        return f"the next run failed:\n{again.stdout}{again.stderr}"
    if yaml.safe_load(repo.read("dvc.lock")) != yaml.safe_load(lock):
        return "dvc.lock differs"
    return "" if outputs(repo) == whole else "outputs differ"


def strike(repo: Repo, command: str, kill: Kill, seconds: float) -> None:
    dvc = subprocess.Popen(
        ["dvc", "repro"], cwd=repo.path, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + LIMIT
    while not (stages := [n for n in children(dvc.pid) if command in command_line(n)]):
        if dvc.poll() is not None or time.monotonic() > until:
            break
        time.sleep(0.005)
    time.sleep(kill.after * seconds)
    for process in [*(stages if kill.whom != "dvc" else []), *([dvc.pid] if kill.whom != "stage" else [])]:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    dvc.wait(LIMIT)


def children(process: int) -> Iterator[int]:
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from children(int(child))


def command_line(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    return ""


def outputs(repo: Repo) -> dict[str, bytes]:
    """With what was left half done, if anything was."""
    files = [f for name in ("data", "reports") for f in (repo.path / name).rglob("*") if f.is_file()]
    return {str(f.relative_to(repo.path)): f.read_bytes() for f in files}


def tried(finished: Repo, folder: Path, times: int, seed: int) -> Iterator[tuple[Kill, str]]:
    chosen = kills(times, seed)
    seconds = usual_seconds(Repo(finished.copy(folder / "timed").path), [kill.stage for kill in chosen])
    for number, kill in enumerate(chosen):
        place = folder / f"kill_{number}"
        yield kill, survives(finished, kill, seconds[kill.stage], place)
        shutil.rmtree(place)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    survived = 0
    with tempfile.TemporaryDirectory() as folder:
        finished = clone(Path(folder) / "finished")
        finished.repro()
        for kill, wrong in tried(finished, Path(folder), asked.times, asked.seed):
            survived += not wrong
            print(f"{kill}: {wrong or 'survived'}", flush=True)
    print(f"survived {survived} of {asked.times} (seed {asked.seed})")
    sys.exit(survived != asked.times)


if __name__ == "__main__":
    main()
