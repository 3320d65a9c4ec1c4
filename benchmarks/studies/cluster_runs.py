"""python -m benchmarks.studies.cluster_runs FOLDER [--runs N] [--chains N] [--workers N] [--kills N] [--seed N]

Runs many small chains on the workers of a Dask cluster on this machine. Each worker has its own copy of the repository
and its own cache; results go through a folder as remote. Workers are killed at random moments, and dvc.lock and all
outputs are compared with those of a serial run, byte for byte. The first run has no kill; its time and its processor
time, with that of the workers, are compared with a run without --on.

What was measured is kept in FOLDER: the same command goes on after an interruption. A run in which fewer workers were
killed than asked for, since it ended earlier, is repeated.
"""

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tests.stories import light_pipeline
from tests.stories.dask_cluster import DaskCluster, dask_cluster, wait_until
from tests.stories.repo import Repo, environment

SECONDS_OF_A_TRAINING = 1.0
SLOW = f"\nimport time\nif stage == 'train': time.sleep({SECONDS_OF_A_TRAINING})\n"
RESULTS = "measured.json"
OUTPUTS = ("data", "reports")


class Measured(NamedTuple):
    """Wall and processor seconds, the latter of all processes that were started."""

    wall: float
    processor: float


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.studies.cluster_runs")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--chains", type=int, default=27)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    names = [f"w{number}" for number in range(options.workers)]
    results = Results(options.folder, [options.chains, options.workers, options.kills, options.seed])
    if not (options.folder / RESULTS).is_file():
        shutil.rmtree(options.folder, ignore_errors=True)
        prepare(options.folder / "stale", options.chains)
    stale, serial = Repo(options.folder / "stale"), Repo(options.folder / "serial")
    run = ClusterRun(stale, options.folder / "run", names, serial)
    local = Measured(*results.get("local", lambda: run_here(stale, serial)))
    print(f"without --on, two at once: {describe(local, options.chains)}", flush=True)
    idle = Measured(*results.get("idle", lambda: measure(lambda: run_idle(options.folder / "idle", names))))
    undisturbed = Measured(*results.get("undisturbed", lambda: measure_run(run)))
    used = Measured(undisturbed.wall, undisturbed.processor - idle.processor)
    print(f"{options.workers} workers: {describe(used, options.chains)}", flush=True)
    equal, run.wall = 0, undisturbed.wall
    for number in range(1, options.runs + 1):
        kills, run.wall, same = results.get(f"run {number}", lambda n=number: killed_run(run, options, n))  # type: ignore[misc]
        equal += same
        print(f"run {number}, {run.wall:.0f} s: killed after {', '.join(f'{k:.0f} s' for k in kills)}: "
              f"{'equal' if same else 'DIFFERENT'}", flush=True)  # fmt: skip
    print(f"{equal} of {options.runs} equal")
    raise SystemExit(equal < options.runs)


class Results:
    """What was measured, by name, for these settings; in a file of the folder."""

    def __init__(self, folder: Path, settings: list[int]) -> None:
        self._file = folder / RESULTS
        self._content: dict[str, Any] = json.loads(self._file.read_text()) if self._file.is_file() else {}
        if self._content.setdefault("settings", settings) != settings:
            raise SystemExit(f"{folder} has runs with other options; name another folder")

    def get(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self._content:
            self._content[name] = make()
            self._file.write_text(json.dumps(self._content))
        return self._content[name]


def run_here(stale: Repo, serial: Repo) -> Measured:
    """Its results are those that all others are compared with."""
    shutil.rmtree(serial.path, ignore_errors=True)
    stale.copy(serial.path)
    return measure(lambda: serial.restage("run", "--jobs", "2"))


def measure_run(run: "ClusterRun") -> Measured:
    """The wall time is that of the command, without the start of the workers."""
    measured = measure(lambda: run.is_equal([]))
    return measured._replace(wall=run.wall)


def killed_run(run: "ClusterRun", options: argparse.Namespace, number: int) -> tuple[list[float], float, bool]:
    """When workers were killed, how long the run took, and whether its results are those of the serial run."""
    generator = random.Random(f"{options.seed} {number}")  # noqa: S311
    while True:
        # The time is that of the last run: how loaded the machine is changes.
        moments = sorted(generator.uniform(0.1, 0.7) * run.wall for _ in range(options.kills))
        same = run.is_equal(moments)
        if len(run.kills) == options.kills or not same:
            return run.kills, run.wall, same


def prepare(target: Path, chains: int) -> Repo:
    """A repository that has run, in which one stage of each chain and the summary are stale; with a remote."""
    repo = light_pipeline.create(target, [f"d{number:02}" for number in range(chains)], "")
    light_pipeline.write_code(repo, "train", {"comment": 0, "limit": light_pipeline.LIMIT, "revision": 1})
    repo.edit("code/stage.py", "code = json", f"{SLOW}code = json")
    repo.edit(".dvc/config", "[core]\n", "[core]\n    remote = team\n")
    repo.append(".dvc/config", "['remote \"team\"']\n    url = ../../remote\n")
    repo.commit("Train differently")
    return repo


def run_idle(folder: Path, names: Sequence[str]) -> bool:
    with dask_cluster(folder, names):
        return True


@dataclass
class ClusterRun:
    """Runs `stale` on new workers; `wall` is the time of the last run, and `kills` when it lost a worker."""

    stale: Repo
    folder: Path
    names: Sequence[str]
    serial: Repo
    wall: float = 0.0
    kills: list[float] = field(default_factory=list)

    def is_equal(self, moments: Sequence[float]) -> bool:
        """Whether dvc.lock is that of the serial run. A worker is killed at each moment, and replaced by a new one."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        repo = self.stale.copy(self.folder / "repo")
        with dask_cluster(self.folder / "cluster", self.names) as cluster:
            process = subprocess.Popen(
                [sys.executable, "-m", "stages.cli", "run", "--on", cluster.address], cwd=repo.path,
                env=environment(), stdout=(self.folder / "output.txt").open("wb"), stderr=subprocess.STDOUT,
            )  # fmt: skip
            begin, self.kills = time.monotonic(), []
            for number, moment in enumerate(moments):
                time.sleep(max(0.0, begin + moment - time.monotonic()))
                if process.poll() is None:
                    self.kills.append(moment)
                    replace_worker(cluster, self.names[number % len(self.names)], f"new{number}")
            process.wait()
            self.wall = time.monotonic() - begin
            # The time of a worker's idle processes counts once the worker has ended them.
            wait_until(lambda: not cluster.chain_processes())
        same = repo.read("dvc.lock") == self.serial.read("dvc.lock") and outputs(repo) == outputs(self.serial)
        return process.returncode == 0 and same


def outputs(repo: Repo) -> dict[str, bytes]:
    """The content of all files that stages wrote."""
    files = (file for name in OUTPUTS for file in (repo.path / name).rglob("*") if file.is_file())
    return {str(file.relative_to(repo.path)): file.read_bytes() for file in files}


def replace_worker(cluster: DaskCluster, name: str, new: str) -> None:
    cluster.kill(cluster.workers[name])
    cluster.start_worker(new)


def measure(run: Callable[[], object]) -> Measured:
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    if run() is False:
        raise SystemExit("the undisturbed run failed, or has another dvc.lock")
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - begin
    return Measured(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def describe(measured: Measured, chains: int) -> str:
    wall, processor = measured
    each = f"{processor / chains:.1f} s of processor time a chain"
    return f"{wall:.0f} s, {processor:.0f} s of processor time for {chains} chains ({each})"


if __name__ == "__main__":
    main()
