"""python -m benchmarks.no_op_cost [DATASETS ...]

What `dvc status` and `dvc repro` cost when there is nothing to do: docs/speed-of-nothing.md.
"""

import resource
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.ratio_statistics import median
from benchmarks.throwaway_repositories import Kind, dvc, make

EMPTY = Kind("empty commands")
KINDS = (
    Kind("ours", commands=True),
    EMPTY,
    Kind("lean parameters", lean=True),
    Kind("one file", together=True),
)
SIZES = (10, 50)
ROUNDS = 3
VERBS = ("status", "repro")


def main(sizes: list[int]) -> None:
    print(f"{'datasets':>8} {'verb':>7} {'graph':>16} {'user s':>8} {'ratio':>6}")
    for size in sizes:
        with TemporaryDirectory() as folder:
            for line in compared(size, Path(folder)):
                print(line, flush=True)


def compared(size: int, home: Path) -> Iterator[str]:
    """In alternation, after a first turn that lets DVC remember the files; ratios are to the empty commands."""
    folders = {kind: home / kind.name.replace(" ", "_") for kind in KINDS}
    for kind, folder in folders.items():
        make(folder, size, kind)
    for verb in VERBS:
        turns = [{kind: user_seconds(folder, verb) for kind, folder in folders.items()} for _ in range(ROUNDS + 1)]
        yield from table(size, verb, {kind: median([turn[kind] for turn in turns[1:]]) for kind in KINDS})


def table(size: int, verb: str, seconds: Mapping[Kind, float]) -> list[str]:
    return [
        f"{size:8} {verb:>7} {kind.name:>16} {usual:8.2f} {usual / seconds[EMPTY]:6.2f}"
        for kind, usual in seconds.items()
    ]


def user_seconds(folder: Path, verb: str) -> float:
    """Those of the processor: a busy machine makes the clock run on, and these hardly."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    said = dvc(folder, verb)
    assert "up to date" in said, f"dvc {verb} found something to do:\n{said}"
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or list(SIZES))
