"""Runs the stages of HEAD again in a temporary clone and compares each output with dvc.lock."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from stages.cli.stop_signals import INTERRUPTED
from stages.cli.verify.comparison.compare_lock_entries import (
    OutputStore,
    input_differences,
    output_differences,
    recorded_outputs,
)
from stages.cli.verify.machine_differences import EXPECTED, machine_differences
from stages.cli.verify.temporary_clone import TemporaryClone, temporary_clone
from stages.cli.verify.verified_commit import Head, read_head, recorded_stages
from stages.config.compose_conf import compose
from stages.core.dvc.lock_file.lock_file import read_lock_file
from stages.core.parameters.read_params import read_params
from stages.guard.guard_stage import check_up_to_date


def verify(keys: Sequence[str], jobs: int | None, keep: bool, on: str) -> None:
    """Prints the differences; exits with 1 if there is one. `keep` keeps the temporary clone; `on` is where it runs."""
    head = read_head(keys)
    stages = recorded_stages(head, keys)
    with temporary_clone(head, keep) as clone:
        print(f"running the stages of {head.commit[:10]} in {clone.repository}", flush=True)
        check_up_to_date(read_params(clone.repository / "params.yaml"), compose(clone.repository / "conf").params)
        clone.remove_results(output.path for output in recorded_outputs(head.lock, stages))
        exit_code = clone.run(keys, jobs, on)
        if exit_code == INTERRUPTED:
            raise SystemExit(INTERRUPTED)
        same, compared = compare_outputs(head, stages, clone, all_datasets=not keys)
    print(f"{same} same / {compared} compared")
    if same < compared:
        print_reasons(all_finished=exit_code == 0)
        raise SystemExit(1)


def compare_outputs(head: Head, stages: Sequence[str], clone: TemporaryClone, all_datasets: bool) -> tuple[int, int]:
    """Prints what differs; returns how many outputs are the same, and how many were compared.

    For some datasets, a stage without a dataset is compared only if it had to run.
    """
    lock = read_lock_file(clone.repository)
    recorded = recorded_outputs(head.lock, [s for s in stages if all_datasets or "@" in s or s in lock])
    new_outputs = {output.path: output for output in recorded_outputs(lock, lock)}
    command = [sys.executable, "-m", "dvc", "cache", "dir"]
    cache = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    recorded_store = OutputStore(Path(cache) / "files/md5", clone.recorded)
    new_store = OutputStore(clone.cache / "files/md5", clone.repository)
    explained, same = set[str](), 0
    for output in recorded:
        new = new_outputs.get(output.path)
        if new is not None and new.md5 == output.md5:
            same += 1
            continue
        print(f"{output.stage}: {output.path} {'differs' if new else 'is missing'}")
        lines = output_differences(output, new, recorded_store, new_store) if new else []
        if output.stage not in explained:
            reason = input_differences(head.lock[output.stage], lock.get(output.stage, {}))
            lines += [reason] if reason else []
            explained.add(output.stage)
        for line in lines:
            print(f"    {line}")
    return same, len(recorded)


def print_reasons(all_finished: bool) -> None:
    """Whether the machine, and not the code or the record, could be the reason for a difference."""
    found = machine_differences()
    for line in found:
        print(f"this machine: {line}")
    if not all_finished:
        print("not all stages finished: see their messages above")
    elif not found:
        print(f"this machine is as expected: {EXPECTED}")
