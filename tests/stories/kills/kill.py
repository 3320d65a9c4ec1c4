"""One kill: start a run, kill some of its processes at a moment, run again, and compare with an undisturbed run."""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from stages.core.runtime.preload_client import FOLDER_VARIABLE
from tests.stories.kills import processes
from tests.stories.kills.aims import AIMS, REPRO, RUN, Aim, Watch, real_time_on_one_cpu, wait_for
from tests.stories.kills.processes import (
    ALL,
    CHAIN,
    GROUP,
    RUNNER,
    STAGE,
    STAGE_AND_RUNNER,
    Runner,
    remaining_in,
    victims,
)
from tests.stories.repo import Repo, environment, remove

RUN_AGAIN = [sys.executable, "-m", "stages.cli", "run", "--no-preload", "-j", "2"]
COMMANDS = {REPRO: ["dvc", "repro"], RUN: RUN_AGAIN}
VICTIMS = {
    REPRO: (STAGE, RUNNER, STAGE_AND_RUNNER, GROUP, ALL),
    RUN: (STAGE, RUNNER, CHAIN, STAGE_AND_RUNNER, GROUP, ALL),
}
RESULTS = ("data", "reports")
# Light ones more often.
SCENARIOS = ("report",) * 4 + ("restore",) * 2 + ("train", "source", "fresh")


@dataclass(frozen=True)
class Kill:
    """`moment` is a fraction of the undisturbed run's processor time; an aimed kill waits for the aim after `skip`."""

    number: int
    command: str
    scenario: str
    victim: str
    moment: float = 0.0
    aim: str = ""
    skip: int = 0
    then: str = RUN

    def __str__(self) -> str:
        when = f"in {self.aim} (+{self.skip})" if self.aim else f"at {self.moment:.0%}"
        return f"{self.number}: {self.command}, {self.scenario}: {self.victim} {when}"


@dataclass
class Undisturbed:
    """What a scenario ends with: dvc.lock, the hash of each output; and the processor time of the commands."""

    lock: str
    outputs: dict[str, str]
    seconds: dict[str, float]


@dataclass
class Outcome:
    hit: bool
    failures: list[str] = field(default_factory=list)
    where: str = ""
    seconds: float = 0.0


def random_kills(times: int, seed: int) -> list[Kill]:
    rng = random.Random(seed)
    kills = []
    for number in range(times):
        command = (RUN, REPRO)[number % 2]
        victim = VICTIMS[command][number // 2 % len(VICTIMS[command])]
        kills.append(Kill(number, command, rng.choice(SCENARIOS), victim, rng.uniform(0, 0.95)))
    return kills


def aimed_kills(times: int, seed: int, aims: Mapping[str, Aim] = AIMS) -> list[Kill]:
    """Each aim in turn; the writer or all are killed, in turn."""
    rng = random.Random(seed)
    names, kills = list(aims), []
    for number in range(times):
        name, turn = names[number % len(names)], number // len(names)
        aim = aims[name]
        command = rng.choice(list(aim.writers))
        victim = aim.writers[command] if turn % 2 == 0 else ALL
        kills.append(
            Kill(number, command, rng.choice(aim.scenarios), victim, aim=name, skip=rng.randint(0, aim.most_skipped))
        )
    return kills


def prepare(repo: Repo, scenario: str) -> None:
    """Make stages stale, and compose conf/ as far as `dvc repro` needs it."""
    match scenario:
        case "report":
            repo.edit("conf/dataset/line.yaml", "title: Ten points", "title: 10 points")
        case "train":
            repo.edit("conf/suite/starter.yaml", "epochs: 5", "epochs: 6")
        case "source":
            repo.edit("conf/dataset/line.yaml", "y: [10,", "y: [11,")
            repo.edit("conf/dataset/line_exact.yaml", "slope: 1", "slope: 2")
        case "fresh":
            for name in (*RESULTS, "dvc.lock", ".dvc/cache", ".dvc/tmp"):
                remove(repo.path / name)
        case "restore":
            for name in (*RESULTS, "dvc.lock"):
                remove(repo.path / name)


def own_environment(repo: Repo) -> dict[str, str]:
    """Folders of its own for temporary files and for DVC's database, so that it is seen what is left there."""
    folders = {"TMPDIR": repo.path.parent / "temporary", "DVC_SITE_CACHE_DIR": site_cache(repo)}
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    return environment() | {FOLDER_VARIABLE: repo.preloaded} | {name: str(f) for name, f in folders.items()}


def site_cache(repo: Repo) -> Path:
    return repo.path.parent / "site"


def undisturbed(base: Repo, scenario: str, folder: Path) -> Undisturbed:
    """Kept in the folder for the next script. `restage run` comes last: it sorts dvc.lock."""
    file = folder / f"{scenario}.json"
    if file.exists():
        return Undisturbed(**json.loads(file.read_text(encoding="utf-8")))
    seconds = {}
    for command in COMMANDS:
        copy = folder / f"{scenario}_{command.replace(' ', '_')}"
        copy.mkdir(parents=True)
        repo = base.copy(copy / "repo")
        prepare(repo, scenario)
        if command == REPRO:
            repo.restage("compose")
        seconds[command] = processor_seconds(start_run(repo, command, own_environment(repo)))
        result = Undisturbed(repo.read("dvc.lock"), read_outputs(repo), seconds)
        shutil.rmtree(copy)
    file.write_text(json.dumps(asdict(result)), encoding="utf-8")
    return result


def processor_seconds(runner: Runner) -> float:
    """Of a run that nothing disturbs, from its start to its end."""
    start = used = processes.processor_seconds(runner.process)
    while runner.is_running:
        used = max(used, processes.processor_seconds(runner.process))
        time.sleep(0.05)
    return used - start


def try_kill(kill: Kill, base: Repo, expected: Undisturbed, folder: Path, aims: Mapping[str, Aim] = AIMS) -> Outcome:
    """`folder` is made, and removed if nothing is wrong."""
    start = time.monotonic()
    folder.mkdir(parents=True)
    repo = base.copy(folder / "repo")
    prepare(repo, kill.scenario)
    if kill.command == REPRO:
        repo.restage("compose")
    env = own_environment(repo)
    if kill.aim:
        where = run_and_kill_at_aim(repo, kill, env, aims[kill.aim])
    else:
        where = run_and_kill_at_moment(repo, kill, env, expected.seconds[kill.command])
    outcome = Outcome(hit=bool(where), where=where)
    again = repo.run(*repo.forked_command(COMMANDS[kill.then]), env=env, ok=False)
    (folder / "again.txt").write_text(again.stdout + again.stderr, encoding="utf-8")
    if again.returncode != 0:
        outcome.failures.append(f"the next run failed: {again.stdout}{again.stderr}")
    outcome.failures += differences(repo, expected)
    outcome.failures += leftovers(repo, env)
    status = repo.dvc("status", "--quiet", ok=False)
    if status.returncode != 0:
        outcome.failures.append(f"dvc status: {status.returncode} {status.stdout}{status.stderr}")
    outcome.seconds = time.monotonic() - start
    if not outcome.failures:
        shutil.rmtree(folder)
    return outcome


def start_run(repo: Repo, command: str, env: Mapping[str, str]) -> Runner:
    with (repo.path.parent / "killed.txt").open("wb") as output:
        started = subprocess.Popen(
            repo.forked_command(COMMANDS[command]), cwd=repo.path, env=env, stdin=subprocess.DEVNULL,
            stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    return Runner.of(started, repo.path, forked=bool(repo.preloaded))


def run_and_kill_at_moment(repo: Repo, kill: Kill, env: Mapping[str, str], seconds: float) -> str:
    """Returns what was killed; empty if the run ended before it had such a process."""
    runner = start_run(repo, kill.command, env)
    before = processes.processor_seconds(runner.process)
    while runner.is_running and processes.processor_seconds(runner.process) - before < kill.moment * seconds:
        time.sleep(0.05)
    while runner.is_running:
        if killed := victims(runner.process, kill.victim):
            names = [processes.command_line(n) for n in killed]
            processes.send(killed, signal.SIGKILL)
            runner.wait()
            return "; ".join(names)
        time.sleep(0.02)
    return ""


def run_and_kill_at_aim(repo: Repo, kill: Kill, env: Mapping[str, str], aim: Aim) -> str:
    """Returns the file that was being written; empty if the aim was not hit."""
    watch = Watch(repo.path, site_cache(repo))
    cpu = sorted(os.sched_getaffinity(0))[kill.number % len(os.sched_getaffinity(0))]
    if aim.in_site:  # DVC names its folder by the repository's path
        repo.run(*repo.forked_command(["dvc", "status", "--quiet"]), env=env, ok=False)
    watch.open(aim)
    runner = start_run(repo, kill.command, env)
    processes.pin(runner.process, cpu)
    with real_time_on_one_cpu(cpu):
        path = wait_for(aim, watch, runner, kill.skip)
        if path is not None:
            killed = victims(runner.process, kill.victim) or [runner.process]
            processes.send(killed, signal.SIGKILL)
        processes.continue_all(runner.process)
    os.close(watch.descriptor)
    runner.wait()
    return "" if path is None else str(path.relative_to(repo.path.parent))


def differences(repo: Repo, expected: Undisturbed) -> list[str]:
    found = []
    lock = repo.path / "dvc.lock"
    if not lock.exists() or lock.read_text(encoding="utf-8") != expected.lock:
        found.append("dvc.lock differs")
    outputs = read_outputs(repo)
    if different := [n for n in sorted({*outputs, *expected.outputs}) if outputs.get(n) != expected.outputs.get(n)]:
        found.append(f"outputs differ: {different}")
    return found


def leftovers(repo: Repo, env: Mapping[str, str]) -> list[str]:
    found = [f"process: {name}" for name in remaining_in(repo.path)]
    found += [f"incomplete: {p.relative_to(repo.path)}" for p in repo.path.rglob("*.incomplete")]
    found += [f"in TMPDIR: {p.name}" for p in Path(env["TMPDIR"]).iterdir()]
    return found


def read_outputs(repo: Repo) -> dict[str, str]:
    """The hashes of all files below data and reports, incomplete ones too."""
    files = [f for name in RESULTS for f in (repo.path / name).rglob("*") if f.is_file()]
    return {str(f.relative_to(repo.path)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}
