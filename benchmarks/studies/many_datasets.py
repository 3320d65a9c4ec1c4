"""python -m benchmarks.studies.many_datasets DATASETS ... [--base COMMIT] [--rounds N] [--compose]

Measures `restage compose` and `restage run` with nothing to do (docs/explanation/cost-of-a-no-op.md), in processor
seconds. With --base, the code of that commit is measured in alternation; with --compose, `restage compose` alone, for
numbers of datasets for which DVC needs too long to make the repository.
"""

import argparse
import compileall
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.start_sides import REPOSITORY
from benchmarks.studies.throwaway_repositories import Graph, copy_repository, create_repository

GRAPH = Graph("our graph", our_commands=True)
# What Restage keeps about a clone.
KEPT = Path(".dvc/tmp/restage")
KNOWN_STATES = ("nothing_to_run.json", "unchanged_stages.json")


class Case(NamedTuple):
    name: str
    command: str
    prepare: Callable[[Path], object]


def forget(folder: Path) -> None:
    shutil.rmtree(folder / KEPT, ignore_errors=True)


def forget_composed(folder: Path) -> None:
    """All datasets are found in what is kept of them, but conf/ is not known to be unchanged."""
    (folder / KEPT / "composed.txt").unlink(missing_ok=True)


def forget_states(folder: Path) -> None:
    for name in KNOWN_STATES:
        (folder / KEPT / name).unlink(missing_ok=True)


def touch_output(folder: Path) -> None:
    """Of one dataset: the stages that read and write it have to be compared."""
    (folder / "data/models/d000").touch()


COMPOSE = (
    Case("compose, nothing kept", "compose", forget),
    Case("compose, all kept", "compose", forget_composed),
)
RUN = (
    Case("run, compared by DVC", "run", forget_states),
    Case("run, one output touched", "run", touch_output),
    Case("run, state known", "run", lambda _: None),
)


def main(argv: Sequence[str]) -> None:
    options = parse(argv)
    cases = COMPOSE if options.compose else (*COMPOSE, *RUN)
    print(f"{'datasets':>8} {'command':>24} {'side':>5} {'processor s':>12} {'ratio':>6}")
    with sides(options.base) as sources:
        for size in options.datasets:
            with TemporaryDirectory() as parent:
                for line in measure(size, sources, cases, options.rounds, Path(parent)):
                    print(line, flush=True)


def parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", type=int, nargs="+")
    parser.add_argument("--base")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--compose", action="store_true")
    return parser.parse_args(argv)


@contextmanager
def sides(base: str | None) -> Iterator[dict[str, Path]]:
    """The working tree of each side."""
    if base is None:
        yield {"now": REPOSITORY}
        return
    with TemporaryDirectory() as parent:
        tree = Path(parent, "base")
        git("worktree", "add", "--quiet", "--detach", str(tree), base)
        try:
            yield {"base": tree, "now": REPOSITORY}
        finally:
            git("worktree", "remove", "--force", str(tree))


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=REPOSITORY, check=True)  # noqa: S607


def measure(size: int, sources: Mapping[str, Path], cases: Sequence[Case], rounds: int, parent: Path) -> Iterator[str]:
    folders = {side: parent / side for side in sources}
    for side, folder in folders.items():
        if cases == COMPOSE:
            copy_repository(folder, size, sources[side])
        else:
            create_repository(folder, size, GRAPH, sources[side])
        compileall.compile_dir(folder / "stages", quiet=1)
    for case in cases:
        seconds: dict[str, list[float]] = {side: [] for side in sources}
        for number in range(rounds + (case.command == "run")):
            for side, folder in folders.items():
                case.prepare(folder)
                spent = restage(folder, case.command)
                # In the first run DVC keeps hashes of files; the second is the first that can be known.
                if number or case.command != "run":
                    seconds[side].append(spent)
        yield from format_lines(size, case.name, {side: median(values) for side, values in seconds.items()})


def format_lines(size: int, name: str, seconds: Mapping[str, float]) -> list[str]:
    """The last column is the ratio to the first side."""
    first = next(iter(seconds.values()))
    return [f"{size:8} {name:>24} {side:>5} {value:12.2f} {value / first:6.2f}" for side, value in seconds.items()]


def restage(folder: Path, command: str) -> float:
    """Processor seconds, of user and system, of a command with the code in the folder."""
    before = processor_seconds()
    done = subprocess.run(
        [sys.executable, "-m", "stages.cli", command],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert command == "compose" or "nothing to run" in done.stdout, done.stdout
    return processor_seconds() - before


def processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main(sys.argv[1:])
