"""python -m tests.stories.damages [--times N] [--seed S] [--from N]: damages objects, and checks that none is used.

Each time, an object of the cache, the remote or both is damaged in a copy of a finished repository. Then, in one copy,
`restage fsck --remote` must name it, and restore cache, remote and work tree byte by byte if any side is intact; if
none is, no damaged bytes may be left. In another copy without fsck, DVC gets the data from the damaged side, and a
stage that reads it must refuse.
"""

import argparse
import hashlib
import io
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stages.cli.cache.fsck.fsck import FsckOptions, fsck
from stages.core.dvc.pipeline_file import read_pipeline, stage_declaration
from stages.core.errors import UserError
from stages.core.run_stage.stage import stage_transaction
from tests.stories.plain_repository import build, checkout, copy, object_path, objects, results, run

READERS = {"data/raw": "preprocess", "data/processed": "train", "data/models": "evaluate", "history": "evaluate"}
PLACES = ("cache", "remote", "both")
DAMAGES = ("bit flip", "truncated", "missing", "swapped")
CACHE_TYPES = ("copy", "hardlink", "symlink")
# What the work tree holds when fsck runs.
WORK_TREES = ("intact", "damaged", "absent")


@dataclass(frozen=True)
class Damage:
    """`number` chooses the bits; `branch` is the one that needs the object."""

    number: int
    damage: str
    place: str
    cache_type: str
    work_tree: str
    branch: str
    path: str
    file: str
    md5: str
    other: str  # what it is swapped with

    def __str__(self) -> str:
        name = f"{self.path}/{self.file}" if self.file else self.path
        return (
            f"{self.number}: {self.damage} in {self.place}, {name} of {self.branch}, "
            f"{self.cache_type} in an {self.work_tree} work tree"
        )

    @property
    def is_checked_out(self) -> bool:
        """Half of the objects of the other branch are damaged while it is not."""
        return self.number % 2 == 0

    @property
    def sides(self) -> tuple[str, ...]:
        return ("cache", "remote") if self.place == "both" else (self.place,)

    @property
    def reader(self) -> str:
        return f"{READERS[self.path.rpartition('/')[0]]}@{Path(self.path).stem}"

    @property
    def damaged(self) -> set[str]:
        return {self.md5, self.other} if self.damage == "swapped" else {self.md5}


def outputs_of(work: Path, branch: str) -> dict[str, str]:
    """The hash of each output that DVC keeps."""
    stages = yaml.safe_load(run(work, "git", "show", f"{branch}:dvc.lock"))["stages"].values()
    return {o["path"]: o["md5"] for stage in stages for o in stage["outs"] if not o["path"].startswith("metrics")}


def random_damage(work: Path, number: int, seed: int) -> Damage:
    rng = random.Random(f"{seed} {number}")
    branch = rng.choice(["main", "wider"])
    path, md5 = rng.choice(list(outputs_of(work, branch).items()))
    choices = [("", md5), *folder_files(work, md5).items()]
    file, md5 = choices[0] if rng.random() < 0.4 else rng.choice(choices)
    stored = ["".join(file.parts[-2:]) for file in (work.parent / "remote/files/md5").glob("*/*")]
    other = rng.choice(sorted(set(stored) - {md5}))
    return Damage(
        number, DAMAGES[number % 4], PLACES[number // 4 % 3], rng.choice(CACHE_TYPES), rng.choice(WORK_TREES), branch,
        path, file, md5, other,
    )  # fmt: skip


def folder_files(work: Path, md5: str) -> dict[str, str]:
    if not md5.endswith(".dir"):
        return {}
    entries = yaml.safe_load((work / ".dvc/cache/files/md5" / md5[:2] / md5[2:]).read_text())
    return {entry["relpath"]: entry["md5"] for entry in entries}


def plant(damage: Damage) -> None:
    """In the current folder, read-only files as DVC leaves them."""
    for side in damage.sides:
        file = object_path(side, damage.md5)
        content, mode = file.read_bytes(), file.stat().st_mode
        file.chmod(0o644)
        if damage.damage == "missing":
            file.unlink()
            continue
        if damage.damage == "swapped":
            other = object_path(side, damage.other)
            other.chmod(0o644)
            # In place: a hard link in the work tree sees it.
            file.write_bytes(other.read_bytes())
            other.write_bytes(content)
            other.chmod(mode)
        else:
            file.write_bytes(damaged_bytes(content, damage))
        file.chmod(mode)


def damaged_bytes(content: bytes, damage: Damage) -> bytes:
    rng = random.Random(damage.number)
    if damage.damage == "truncated":
        return content[: rng.randrange(len(content))]
    position, bit = rng.randrange(len(content)), 1 << rng.randrange(8)
    return content[:position] + bytes([content[position] ^ bit]) + content[position + 1 :]


def failure_with_fsck(damage: Damage, built: Path, folder: Path) -> tuple[str, bool]:
    """What is wrong after fsck, empty if nothing is; and whether the object could be repaired."""
    with copy(built, folder, damage.cache_type):
        if damage.is_checked_out:
            run(Path(), "git", "switch", "--quiet", damage.branch)
            checkout()
        sides = {side: objects(side) for side in ("cache", "remote")}
        files = results()
        plant(damage)
        if damage.work_tree != "intact":
            for name in ("data", "history"):
                shutil.rmtree(name)
        if damage.work_tree == "damaged":
            checkout()
        intact_copy = bool(results()) and has_intact_copies(damage, files)
        output = io.StringIO()
        error = ""
        with redirect_stdout(output):
            try:
                fsck(FsckOptions(remote=True))
            except UserError as raised:
                error = str(raised)
        if damage.path not in output.getvalue() or damage.file not in output.getvalue():
            return f"not found:\n{output.getvalue()}{error}", False
        could_be = damage.place != "both" or intact_copy
        problem = wrong_after_fsck(damage, sides, files, error, could_be)
        return problem and f"{problem}\n{output.getvalue()}{error}", could_be


def has_intact_copies(damage: Damage, before: Mapping[str, bytes]) -> bool:
    """Whether the work tree has the content of all damaged objects, at a path where its record says so."""
    now = results()
    recorded = yaml.safe_load(Path("dvc.lock").read_text())["stages"].values()
    folders = {o["md5"]: o["path"] for stage in recorded for o in stage["outs"] if o["md5"].endswith(".dir")}
    intact = {md5 for md5, folder in folders.items() if in_folder(folder, now) == in_folder(folder, before)}
    intact |= {md5_of(before[path]) for path, content in now.items() if before.get(path) == content}
    return damage.damaged <= intact


def in_folder(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: content for path, content in files.items() if path.startswith(f"{folder}/")}


def md5_of(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def wrong_after_fsck(damage: Damage, sides: dict[str, Any], files: dict[str, bytes], error: str, could_be: bool) -> str:
    after = {side: objects(side) for side in sides}
    refused = checkout()
    if could_be:
        if error or refused:
            return f"not repaired {refused}"
        if after != sides:
            return "other bytes in cache or remote"
        return "" if results() == files else "other bytes in the work tree"
    if not error:
        return "no error for lost objects"
    wrong = [side for side in sides for name, content in after[side].items() if sides[side].get(name) != content]
    left = [name for name, content in results().items() if files.get(name, content) != content]
    return f"damaged bytes left: {wrong} {left}" if wrong or left else ""


def failure_without_fsck(damage: Damage, built: Path, folder: Path) -> str:
    """What is wrong if DVC gets the data from the damaged side, and a stage reads them; empty if it is refused."""
    with copy(built, folder, damage.cache_type):
        run(Path(), "git", "switch", "--quiet", damage.branch)
        checkout()
        files = results()
        plant(damage)
        for name in ("data", "history"):
            shutil.rmtree(name)
        if damage.place == "remote":
            shutil.rmtree(".dvc/cache")
        if checkout(pull=damage.place == "remote"):
            return ""  # DVC does not give the stage anything
        os.environ["DVC_STAGE"] = damage.reader
        try:
            with suppress(UserError), stage_transaction(damage.reader):
                return (
                    "" if inputs_of(damage, results()) == inputs_of(damage, files) else "the stage reads damaged bytes"
                )
        finally:
            del os.environ["DVC_STAGE"]
        return ""


def inputs_of(damage: Damage, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What the reading stage reads: the other of two swapped objects may be another stage's."""
    deps = stage_declaration(damage.reader, read_pipeline(), str).deps
    return {path: content for path, content in files.items() if any(Path(path).is_relative_to(dep) for dep in deps)}


def try_damages(built: Path, folder: Path, numbers: Sequence[int], seed: int) -> Iterator[tuple[Damage, str, bool]]:
    """Each damage with what is wrong, and whether any side was intact."""
    for number in numbers:
        damage = random_damage(built, number, seed)
        with tempfile.TemporaryDirectory(dir=folder) as place:
            failure, could_be = failure_with_fsck(damage, built, Path(place, "fsck"))
            failure = failure or failure_without_fsck(damage, built, Path(place, "stage"))
        yield damage, failure, could_be


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--from", type=int, default=0, dest="first", help="the number of the first, to continue")
    options = parser.parse_args()
    failed = repairable = 0
    with tempfile.TemporaryDirectory() as folder:
        built = build(Path(folder, "built"))
        numbers = range(options.first, options.times)
        for damage, failure, could_be in try_damages(built, Path(folder), numbers, options.seed):
            failed += bool(failure)
            repairable += could_be
            print(f"{damage}: {failure or ('repaired' if could_be else 'moved away')}", flush=True)
    total = len(numbers)
    print(f"{total - failed} of {total} found and handled, {repairable} of them repaired (seed {options.seed})")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
