"""From keys to results: what is stale is run, dvc.lock is left in the order of a serial run, whatever happened."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from dvc.repo import Repo

from stages.cli.dataset_keys import check_keys
from stages.cli.run.chain_worker import chain_process, output_of
from stages.cli.run.lock_order import put_in_order, recorded
from stages.cli.run.lock_repair import mended_rwlock
from stages.cli.run.plan import Chain, Plan, dvc_mistakes, read_plan
from stages.cli.run.predicted_changes import with_accepted
from stages.cli.run.preloading import kept_warm
from stages.cli.run.progress_display import Lines, Live, clock
from stages.cli.run.stage_durations import add_times, read_times
from stages.cli.run.worker_pool import Crew
from stages.core.errors import UserError
from stages.core.params import read_params

INTERRUPTED = 130


@dataclass(frozen=True)
class Wish:
    """What a person typed."""

    keys: Sequence[str] = ()
    jobs: int | None = None
    fail_fast: bool = False
    cold: bool = False


def run(wish: Wish) -> None:
    datasets = read_params()["datasets"]
    check_keys(wish.keys, list(datasets))
    with dvc_mistakes():
        repo = Repo(_wait_for_lock=True)
        if mended_rwlock(repo):
            print("a DVC that was killed left its .dvc/tmp/rwlock cut short: it was removed", flush=True)
        plan = with_accepted(read_plan(repo, wish.keys))
        if not plan.stale:
            print(f"nothing to run: {', '.join(chain.name for chain in plan.chains)}")
            return
        run_stale(repo, plan, datasets, wish)


def usable_cores() -> int:
    """Those that this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_stale(repo: Repo, plan: Plan, datasets: Mapping[str, Any], wish: Wish) -> None:
    """What comes before the chains writes a marker that never changes, and accepted profiles, which were foreseen."""
    earlier, known, began = recorded(), read_times(), monotonic()
    before = [chain for chain in plan.before if chain.stale]
    chains = longest_first([chain for chain in plan.chains if chain.stale], known)
    after = [] if wish.keys else plan.after
    places = wish.jobs or usable_cores()
    crew = Crew(
        places,
        lambda chain: threads(datasets, chain.name),
        lambda chain, told: chain_process(repo, chain, told),
        Live([*before, *chains, *after], known, places) if sys.stdout.isatty() else Lines(),
        wish.fail_fast,
    )
    with crew.hearing_signals():
        try:
            with kept_warm([] if wish.cold else [name for chain in chains for name in chain.due]):
                _ = crew.run(before) and crew.run(chains) and crew.run(after)
        finally:
            put_in_order(repo, earlier, plan.order)
            add_times(crew.ran)
    conclude(crew, monotonic() - began)


def longest_first(chains: Sequence[Chain], known: Mapping[str, float]) -> list[Chain]:
    """One that was never timed may be the longest."""

    def length(chain: Chain) -> float:
        return sum(known.get(name, float("inf")) for name in chain.due)

    return sorted(chains, key=length, reverse=True)


def threads(datasets: Mapping[str, Any], name: str) -> int:
    return int(datasets.get(name, {}).get("train", {}).get("threads", 1))


def conclude(crew: Crew, seconds: float) -> None:
    if crew.stopped is not None:
        print("restage: run: stopped; what was finished is kept, and the same command continues", file=sys.stderr)
        raise SystemExit(INTERRUPTED)
    if crew.failed:
        raise UserError(*(f"failed: {name}{_where(output_of(name))}" for name in crew.failed))
    print(f"{len(crew.ran)} stages ran in {clock(seconds)}")


def _where(output: Path) -> str:
    return f" ({output})" if output.is_file() else ""
