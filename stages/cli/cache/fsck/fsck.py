"""`restage fsck`: finds damaged and missing objects in the cache and a remote, and repairs each side from the other."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from stages.cli.cache.check_files import checked_files, map_files
from stages.cli.cache.fsck.checked_store import CheckedStore, check_store
from stages.cli.cache.fsck.findings import Findings, Problem
from stages.cli.cache.fsck.fsck_messages import FsckMessages, copies_line
from stages.cli.cache.fsck.repairs import Repairs, repair_run, restore_work_tree
from stages.cli.cache.recorded_output_files import Output, recorded_outputs_of_all
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.storage.object_stores import Storage
from stages.core.errors import UserError

INTERRUPTED = 130


@dataclass(frozen=True)
class FsckOptions:
    """`remote` also checks a remote: the default one, or that with this name. `check` repairs nothing."""

    remote: bool = False
    name: str | None = None
    check: bool = False


def fsck(options: FsckOptions) -> None:
    """Prints what is damaged or missing. Raises UserError if something is, and was not repaired."""
    if options.name and not options.remote:
        raise UserError(f"unexpected {options.name!r}; did you mean --remote {options.name}?")
    with dvc_errors():
        storage = Storage()
        stores = [storage.cache(), *([storage.remote(options.name, "fsck")] if options.remote else [])]
        records = recorded_outputs_of_all()
        with checked_files() as checked, _stopped_by_a_person():
            sides = [check_store(store, checked) for store in stores]
            # No DVC command changes what is repaired.
            with nullcontext() if options.check else storage.locked():
                left = _report(storage, sides, records, repair=not options.check)
    for side in sides:
        print(f"{side.store.name}: {len(side.md5s)} objects and {len(side.runs)} runs checked")
    if left:
        hint = "" if options.remote else "; `restage fsck --remote` repairs from the default remote"
        hint = "; `restage fsck` without --check repairs what it can" if options.check else hint
        raise UserError(f"{left} damaged or missing{hint}")


@contextmanager
def _stopped_by_a_person() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        print("restage: fsck: stopped; the same command continues", file=sys.stderr)
        raise SystemExit(INTERRUPTED) from None


def _report(storage: Storage, sides: Sequence[CheckedStore], records: Mapping[Output, list[str]], repair: bool) -> int:
    """Prints all findings and what was done; returns how many were not repaired."""
    findings = Findings(storage, sides, records)
    messages = FsckMessages(findings.needed, records)
    repairs = Repairs(sides, findings.work_tree, findings.needed)
    objects, copies = findings.objects(), findings.damaged_copies()
    done = map_files("repair", sides[-1].store.jobs, repairs.repair if repair else repairs.source_name, objects)
    results = []
    for finding, source in zip(objects, done, strict=True):
        if source is None:
            moved = repair and finding.problem is Problem.DAMAGED
            results.append((finding, messages.without_intact_copy(finding, moved)))
        else:
            results.append((finding, f"{'' if repair else 'can be '}repaired from {source}"))
    for line in messages.lines(results):
        print(line)
    left = sum(source is None or not repair for source in done)
    left += _report_runs(sides, repair) + len([] if repair else copies)
    if copies:
        print(copies_line([path for path, _ in copies], repair))
    if repair:
        lost = {finding.name for finding, source in zip(objects, done, strict=True) if source is None}
        restore_work_tree(storage, findings, objects, copies, lost)
    return left


def _report_runs(sides: Sequence[CheckedStore], repair: bool) -> int:
    """Entries of the run cache; returns how many are damaged still. Without an entry its stage runs again."""
    left = 0
    for side in sides:
        for file in side.damaged_runs:
            source = repair_run(side, file, [other for other in sides if other is not side]) if repair else None
            done = f"repaired from {source}" if source else "removed" if repair else "would be repaired or removed"
            print(f"damaged in {side.store.name}: run cache {file}: {done}")
            left += not repair
    return left
