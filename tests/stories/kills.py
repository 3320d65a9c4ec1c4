"""python -m tests.stories.kills [--times N] [--seed S]: kills a pipeline at random, and checks that it recovers.

Each time, a stage of a small suite and all that follow it are made stale, and `dvc repro` is started. At some moment in
that stage, the stage's process, DVC or both are killed with SIGKILL. The next `dvc repro` must finish, and dvc.lock and
all outputs must be those of an undisturbed run.

DVC truncates .dvc/tmp/rwlock before it writes it: killed in that instant, it leaves a file that the next `dvc repro`
refuses and `restage run` removes. Such a kill counts as not survived.
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

from tests.stories.repo import Repo, clone, environment, remove
from tests.stories.test_what_runs import EVERYTHING

VICTIMS = ("stage", "dvc", "both")
STAGE_START_TIMEOUT = 120.0
# After the stage's usual time DVC records the result, so some kills are later than that.
LATEST_MOMENT = 1.25


@dataclass(frozen=True)
class Kill:
    """`moment` is a fraction of the stage's usual time."""

    stage: str
    victim: str
    moment: float

    def __str__(self) -> str:
        return f"{self.stage}: {self.victim} at {self.moment:.0%}"


def random_kills(times: int, seed: int) -> list[Kill]:
    """Each stage in turn, in a random order, with another victim each time."""
    rng = random.Random(seed)
    stages = sorted(EVERYTHING)
    rng.shuffle(stages)
    first = rng.randrange(len(VICTIMS))
    return [
        Kill(stages[n % len(stages)], VICTIMS[(n + first) % len(VICTIMS)], rng.uniform(0, LATEST_MOMENT))
        for n in range(times)
    ]


def usual_seconds(repo: Repo, stages: Iterable[str]) -> dict[str, float]:
    """How long the process of each stage runs if it is not killed."""
    seconds = {}
    for stage in sorted(set(stages)):
        remove_results(repo, stage)
        start = time.monotonic()
        repo.run(*stage_command(repo, stage))
        seconds[stage] = time.monotonic() - start
    return seconds


def stage_command(repo: Repo, stage: str) -> list[str]:
    """Without the shell's `exec`."""
    return str(yaml.safe_load(repo.read("dvc.lock"))["stages"][stage]["cmd"]).split()[1:]


def remove_results(repo: Repo, stage: str) -> None:
    """The stage's outputs and the whole run cache."""
    shutil.rmtree(repo.path / ".dvc/cache/runs", ignore_errors=True)
    for out in yaml.safe_load(repo.read("dvc.lock"))["stages"][stage].get("outs", []):
        remove(repo.path / out["path"])


def failure_after(kill: Kill, finished: Repo, seconds: float, folder: Path) -> str:
    """What is wrong after the kill and the next run; empty if nothing is."""
    repo = finished.copy(folder)
    lock, outputs = repo.read("dvc.lock"), read_outputs(repo)
    command = " ".join(stage_command(repo, kill.stage))
    remove_results(repo, kill.stage)
    without_stage = yaml.safe_load(lock)
    del without_stage["stages"][kill.stage]
    repo.write("dvc.lock", yaml.safe_dump(without_stage, sort_keys=False))
    run_and_kill(repo, command, kill, seconds)
    again = repo.dvc("repro", ok=False)
    if again.returncode != 0:
        return f"the next run failed:\n{again.stdout}{again.stderr}"
    if yaml.safe_load(repo.read("dvc.lock")) != yaml.safe_load(lock):
        return "dvc.lock differs"
    return "" if read_outputs(repo) == outputs else "outputs differ"


def run_and_kill(repo: Repo, command: str, kill: Kill, seconds: float) -> None:
    dvc = subprocess.Popen(
        ["dvc", "repro"], cwd=repo.path, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + STAGE_START_TIMEOUT
    while not (stages := [n for n in descendants(dvc.pid) if command in command_line(n)]):
        if dvc.poll() is not None or time.monotonic() > deadline:
            break
        time.sleep(0.005)
    time.sleep(kill.moment * seconds)
    for process in [*(stages if kill.victim != "dvc" else []), *([dvc.pid] if kill.victim != "stage" else [])]:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    dvc.wait(STAGE_START_TIMEOUT)


def descendants(process: int) -> Iterator[int]:
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from descendants(int(child))


def command_line(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    return ""


def read_outputs(repo: Repo) -> dict[str, bytes]:
    """All files below data and reports, incomplete ones too."""
    files = [f for name in ("data", "reports") for f in (repo.path / name).rglob("*") if f.is_file()]
    return {str(f.relative_to(repo.path)): f.read_bytes() for f in files}


def try_kills(finished: Repo, folder: Path, times: int, seed: int) -> Iterator[tuple[Kill, str]]:
    """Each kill with its `failure_after`."""
    kills = random_kills(times, seed)
    seconds = usual_seconds(Repo(finished.copy(folder / "timed").path), [kill.stage for kill in kills])
    for number, kill in enumerate(kills):
        copy = folder / f"kill_{number}"
        yield kill, failure_after(kill, finished, seconds[kill.stage], copy)
        shutil.rmtree(copy)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    survived = 0
    with tempfile.TemporaryDirectory() as folder:
        finished = clone(Path(folder) / "finished")
        finished.repro()
        for kill, failure in try_kills(finished, Path(folder), options.times, options.seed):
            survived += not failure
            print(f"{kill}: {failure or 'survived'}", flush=True)
    print(f"survived {survived} of {options.times} (seed {options.seed})")
    sys.exit(survived != options.times)


if __name__ == "__main__":
    main()
