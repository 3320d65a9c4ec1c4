"""python -m benchmarks.studies.no_op_cost [DATASETS ...]

Measures what `dvc status` and `dvc repro` cost when there is nothing to do (docs/explanation/cost-of-a-no-op.md).
"""

import resource
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.studies.throwaway_repositories import Graph, create_repository, run_dvc

EMPTY_COMMANDS = Graph("empty commands")
GRAPHS = (
    Graph("our graph", our_commands=True),
    EMPTY_COMMANDS,
    Graph("one number a section", short_params=True),
    Graph("all parameters in one file", params_in_one_file=True),
)
DATASETS = (10, 50)
ROUNDS = 3
COMMANDS = ("status", "repro")


def main(sizes: list[int]) -> None:
    print(f"{'datasets':>8} {'command':>7} {'graph':>26} {'user s':>8} {'ratio':>6}")
    for size in sizes:
        with TemporaryDirectory() as folder:
            for line in measure_graphs(size, Path(folder)):
                print(line, flush=True)


def measure_graphs(size: int, parent: Path) -> Iterator[str]:
    """Run each command in all graphs, in alternation. The first turn does not count: in it DVC caches file hashes."""
    folders = {graph: parent / graph.name.replace(" ", "_") for graph in GRAPHS}
    for graph, folder in folders.items():
        create_repository(folder, size, graph)
    for command in COMMANDS:
        turns = [{g: user_seconds(folder, command) for g, folder in folders.items()} for _ in range(ROUNDS + 1)]
        yield from format_lines(size, command, {g: median([turn[g] for turn in turns[1:]]) for g in GRAPHS})


def format_lines(size: int, command: str, seconds: Mapping[Graph, float]) -> list[str]:
    """The last column is the ratio to the graph with empty commands."""
    return [
        f"{size:8} {command:>7} {graph.name:>26} {value:8.2f} {value / seconds[EMPTY_COMMANDS]:6.2f}"
        for graph, value in seconds.items()
    ]


def user_seconds(folder: Path, command: str) -> float:
    """Return processor time in user mode, which depends less on other load than elapsed time."""
    start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    output = run_dvc(folder, command)
    assert "up to date" in output, f"dvc {command} found something to do:\n{output}"
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or list(DATASETS))
