"""From a commit to a yes or no: its chains run again from nothing, and each output is held against dvc.lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dvc.repo import Repo

from stages.cli.run.run import INTERRUPTED
from stages.cli.verify.machine_differences import lacking
from stages.cli.verify.recorded_outputs import Output, Side, differences, other_inputs, outputs
from stages.cli.verify.temporary_clone import Scratch, scratch
from stages.cli.verify.verified_commit import Head, read_head, wanted
from stages.config.compose import compose
from stages.config.guard import check_fresh
from stages.core.dvc.cache import read_lock_file
from stages.core.params import read_params


@dataclass(frozen=True)
class Wish:
    """What a person typed."""

    keys: Sequence[str] = ()
    jobs: int | None = None
    keep: bool = False


@dataclass(frozen=True)
class Compared:
    same: int
    all: int

    @property
    def whole(self) -> bool:
        return self.same == self.all


def verify(wish: Wish) -> None:
    head = read_head(wish.keys)
    stages = wanted(head, wish.keys)
    with scratch(head, wish.keep) as place:
        print(f"{head.commit[:10]}, from nothing, in {place.clone}", flush=True)
        check_fresh(read_params(place.clone / "params.yaml"), compose(place.clone / "conf").params)
        place.forget(output.path for output in outputs(head.lock, stages))
        ended = place.run(wish.keys, wish.jobs)
        if ended == INTERRUPTED:
            raise SystemExit(INTERRUPTED)
        compared = compare(head, stages, place, bool(wish.keys))
    print(f"{compared.same} same / {compared.all} compared")
    if not compared.whole:
        say_why(head, ended == 0)
        raise SystemExit(1)


def compare(head: Head, stages: Sequence[str], place: Scratch, some: bool) -> Compared:
    """Of some chains, stages of no dataset are compared where they had to run."""
    lock = read_lock_file(place.clone)
    sides = Side(recorded_cache(), place.recorded), Side(place.cache / "files/md5", place.clone)
    expected = outputs(head.lock, [s for s in stages if "@" in s or s in lock or not some])
    made = {output.path: output for output in outputs(lock, lock)}
    found = [(output, differences(output, made.get(output.path), *sides)) for output in expected]
    told: set[str] = set()
    for output, lines in found:
        if lines:
            say(output, lines, other_inputs(head.lock[output.stage], lock.get(output.stage, {})), told)
    return Compared(sum(not lines for _, lines in found), len(found))


def say(output: Output, lines: Sequence[str], inputs: str | None, told: set[str]) -> None:
    """Why a stage could not make the same is said once for it."""
    print(f"{output.stage}: {output.path} differs" if lines != ["was not made"] else f"{output.stage}: {output.path}")
    for line in lines:
        print(f"    {line}")
    if inputs and output.stage not in told:
        print(f"    {inputs}")
    told.add(output.stage)


def say_why(head: Head, finished: bool) -> None:
    """As far as the machine, and not the code or the record, could be the reason."""
    found = lacking(head.requirements)
    for line in found:
        print(f"this machine: {line}")
    if not finished:
        print("not all stages came to their end: what they said is above")
    elif not found:
        print("this machine has what the bits are pinned to: x86_64 with AVX2 and FMA, Linux, the locked versions")


def recorded_cache() -> Path:
    return Path(Repo().cache.local.path)
