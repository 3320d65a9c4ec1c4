"""From keys to results: what is stale is run, dvc.lock is left in the order of a serial run, whatever happened."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from dvc.repo import Repo

from stages.cli.running.crew import Crew
from stages.cli.running.lockfile import put_in_order, recorded
from stages.cli.running.plan import Chain, Plan, dvc_mistakes, read_plan
from stages.cli.running.times import add_times, read_times
from stages.cli.running.view import Lines, Live, clock
from stages.cli.running.work import chain_process, output_of
from stages.core.errors import Mistake, nearest
from stages.core.params import read_params
from stages.core.paths import PARAMS, check_key

INTERRUPTED = 130


def run(keys: Sequence[str], jobs: int | None, fail_fast: bool) -> None:
    datasets = read_params()["datasets"]
    check_keys(keys, list(datasets))
    with dvc_mistakes():
        repo = Repo(_wait_for_lock=True)
        plan = read_plan(repo, keys)
        if not plan.stale:
            print(f"nothing to run: {', '.join(chain.name for chain in plan.chains)}")
            return
        run_stale(repo, plan, datasets, jobs or usable_cores(), fail_fast, whole=not keys)


def check_keys(keys: Sequence[str], datasets: Sequence[str]) -> None:
    unknown = [check_key(key) for key in keys if key not in datasets]
    if unknown:
        raise Mistake(*(f"{PARAMS}: no dataset {key!r}; {nearest(key, datasets)}" for key in unknown))


def usable_cores() -> int:
    """Those that this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_stale(repo: Repo, plan: Plan, datasets: Mapping[str, Any], jobs: int, fail_fast: bool, whole: bool) -> None:
    chains = [chain for chain in plan.chains if chain.stale]
    known = read_times()
    earlier, began = recorded(), monotonic()
    after = plan.after if whole else ()
    crew = Crew(
        jobs,
        lambda chain: threads(datasets, chain.name),
        lambda chain, told: chain_process(repo, chain, told),
        Live([*plan.before, *chains, *after], known, jobs) if sys.stdout.isatty() else Lines(),
        fail_fast,
    )
    try:
        _ = crew.run(plan.before) and crew.run(longest_first(chains, known)) and crew.run(after)
    finally:
        put_in_order(repo, earlier, plan.order)
        add_times(crew.ran)
    conclude(crew, monotonic() - began)


def longest_first(chains: Sequence[Chain], known: Mapping[str, float]) -> list[Chain]:
    """One that was never timed may be the longest."""

    def length(chain: Chain) -> float:
        return sum(known.get(name, float("inf")) for name in chain.names)

    return sorted(chains, key=length, reverse=True)


def threads(datasets: Mapping[str, Any], name: str) -> int:
    return int(datasets.get(name, {}).get("train", {}).get("threads", 1))


def conclude(crew: Crew, seconds: float) -> None:
    if crew.stopped is not None:
        print("restage: run: stopped; what was finished is kept, and the same command continues", file=sys.stderr)
        raise SystemExit(INTERRUPTED)
    if crew.failed:
        raise Mistake(*(f"failed: {name}{_where(output_of(name))}" for name in crew.failed))
    print(f"{len(crew.ran)} stages ran in {clock(seconds)}")


def _where(output: Path) -> str:
    return f" ({output})" if output.is_file() else ""
