"""`restage run`: runs what is stale, and leaves dvc.lock in the order of a serial run, whatever happened."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any, NoReturn

from stages.cli.dataset_keys import check_keys
from stages.cli.merge.mixed_entries import drop_mixed_entries
from stages.cli.run.changed_sources import warn_of_changed_sources
from stages.cli.run.check_memory import memory_limit
from stages.cli.run.clone_lock import only_run_in_clone
from stages.cli.run.compose_if_changed import compose_if_changed
from stages.cli.run.dataset_resources import chain_resources
from stages.cli.run.execution.chain_scheduler import ChainScheduler, Events
from stages.cli.run.execution.open_executor import LOCAL, Place, check_place, open_executor
from stages.cli.run.index_without_summary import write_index_without_summary
from stages.cli.run.last_run.failed_stages import save_failed_stages
from stages.cli.run.last_run.stage_durations import read_durations, save_durations
from stages.cli.run.last_run.stage_log import log_file
from stages.cli.run.nothing_to_run import current_state, keep_nothing_to_run, report_nothing_to_run
from stages.cli.run.plan import Chain, dataset_of, read_plan, stale_chains
from stages.cli.run.preloading.start_preload_servers import preloaded_libraries
from stages.cli.run.progress_display import LiveDisplay, LogDisplay, format_duration
from stages.cli.stop_signals import INTERRUPTED, handling_stop_signals
from stages.core.dask_workers.stage_workers import use_stage_workers
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.lock_file.lock_file import LOCK
from stages.core.dvc.repository import Repository
from stages.core.dvc.storage.quarantine import quarantined
from stages.core.errors import ErrorList, UserError, format_examples
from stages.core.parameters.read_params import read_params
from stages.core.paths import INDEX
from stages.core.runtime.usable_cores import usable_cores
from stages.guard.remove_other_datasets import remove_results_of_other_datasets

# How often a run is repeated because it found damaged inputs; a disk that damages files again and again is given up.
MAX_REPEATS = 10


@dataclass(frozen=True)
class RunOptions:
    """Without `keys`, all datasets run; `preload` loads libraries once for all stages; `wait` waits for another run.

    `on` is where chains run, see `open_executor`; files that are not committed go there only `with_changes`.
    `memory`, in bytes, is what the run may use; without it, what conf/local.yaml says.
    """

    keys: Sequence[str] = ()
    jobs: int | None = None
    fail_fast: bool = False
    preload: bool = True
    wait: bool = True
    on: str = LOCAL
    with_changes: bool = False
    memory: int | None = None


def run(options: RunOptions) -> None:
    check_place(options.on)
    with dvc_errors(), only_run_in_clone(options.wait):
        compose_if_changed()
        params = read_params()
        use_stage_workers(params.get("stage_workers"))
        datasets = params["datasets"]
        check_keys(options.keys, list(datasets))
        warn_of_changed_sources(datasets, options.keys)
        remove_results_of_other_datasets(datasets)
        # With a cluster, all stages are read: what a chain needs is found among them.
        repository = Repository(params if options.on == LOCAL else None)
        for message in repair(repository):
            print(message, flush=True)
        try:
            run_until_undamaged(repository, params, options)
        except UserError:
            repository.keep_unchanged_stages()
            raise
        if repository.knows_unchanged_stages:
            keep_what_is_known(repository, params)


def keep_what_is_known(repository: Repository, params: Mapping[str, Any]) -> None:
    """Compare what ran once more, so that the next run need not. What changes meanwhile is not in the state."""
    cache, configuration = repository.cache, [str(file) for file in repository.configuration_files]
    now = repository.fingerprint()
    state = current_state(now)
    if repository.all_unchanged(now):
        chains = [key for stage in repository.stage_names if (key := dataset_of(stage))]
        keep_nothing_to_run(state, cache, configuration, list(dict.fromkeys(chains)), params)
    repository.keep_unchanged_stages()


def run_until_undamaged(repository: Repository, params: Mapping[str, Any], options: RunOptions) -> None:
    """A stage moves damaged inputs away; the stages that made them are stale then."""
    for repeat in range(MAX_REPEATS + 1):
        known = quarantined()
        try:
            run_once(repository, params, options)
            return
        except UserError:
            if quarantined() == known or repeat == MAX_REPEATS:
                raise
        print("damaged inputs were moved away; they are made again", flush=True)
    raise AssertionError("the last repeat returns or raises")


def repair(repository: Repository) -> list[str]:
    """Repair the record of what ran; returns what was done."""
    done = repository.repair()
    with repository.locked():
        mixed = drop_mixed_entries()
    if mixed:
        names = format_examples(mixed)
        done.append(f"dropped from {LOCK}: {names}; a merge had mixed the records of two branches")
    return done


def run_once(repository: Repository, params: Mapping[str, Any], options: RunOptions) -> None:
    datasets = params["datasets"]
    events, start, durations, cores = Events(), monotonic(), read_durations(), usable_cores()
    display = LiveDisplay(durations, cores) if sys.stdout.isatty() else LogDisplay()
    wanted = {key: datasets[key] for key in options.keys or datasets}
    limit = memory_limit(options.memory, params.get("memory"))
    place = Place(options.on, options.jobs or cores, options.with_changes, limit)
    with open_executor(place, wanted, repository, events.put) as executor:
        runner = ChainScheduler(executor, events, partial(chain_resources, datasets), display, options.fail_fast)
        ran = run_stale(repository, runner, options, durations)
    if options.keys and not (runner.interrupted or runner.failed):
        # The stage `summary`, which writes the index, belongs to a run of all datasets.
        write_index_without_summary(repository, [], finished=True)
    if ran:
        report_result(repository, runner, monotonic() - start)


def run_stale(
    repository: Repository, runner: ChainScheduler, options: RunOptions, durations: Mapping[str, float]
) -> bool:
    """Whether a stage was stale.

    The guard runs first: the other stages depend on what it writes, and only then is it known which are stale.
    """
    with repository.locked():
        plan = read_plan(repository, options.keys)
        before = stale_chains(plan.before, repository.changed_when_read)
        stale = [] if before else stale_chains([*plan.chains, *plan.after], repository.changed_when_read)
    if not before and not stale:
        repository.sort_lock_file()  # a run that was killed did not
        report_nothing_to_run([chain.name for chain in plan.chains])
        return False
    with runner.handling_signals():
        try:
            runner.display.expect(before)
            if before and runner.run(before):
                stale = stale_chains([*plan.chains, *plan.after], repository.changed)
            if stale:
                names = {chain.name for chain in plan.chains}
                chains = longest_first([chain for chain in stale if chain.name in names], durations)
                # They run in any case: a chain may make them stale, and DVC skips those that are not.
                after = [] if options.keys else list(plan.after)
                runner.display.expect([*chains, *after])
                # Elsewhere, the workers load what their chains need.
                preload = options.preload and options.on == LOCAL
                preloaded = [stage for chain in chains for stage in chain.stages_to_run] if preload else []
                repository.read_git_index()
                with preloaded_libraries(preloaded):
                    _ = runner.run(chains) and runner.run(after)
        finally:
            repository.sort_lock_file()
            with suppress(UserError):  # the disk is full: what failed for that reason says so
                save_durations(runner.seconds)
                save_failed_stages(runner.failed, finished=runner.seconds)
    return True


def longest_first(chains: Sequence[Chain], durations: Mapping[str, float]) -> list[Chain]:
    """A chain with a stage that never ran may be the longest."""

    def duration(chain: Chain) -> float:
        return sum(durations.get(stage, float("inf")) for stage in chain.stages_to_run)

    return sorted(chains, key=duration, reverse=True)


def report_result(repository: Repository, runner: ChainScheduler, seconds: float) -> None:
    if runner.interrupted or runner.failed:
        errors = ErrorList()
        with errors.collect(), handling_stop_signals(lambda _: sys.exit(INTERRUPTED)):
            if write_index_without_summary(repository, runner.failed):
                print(f"{INDEX} shows which datasets have new, old and no results")
        report_failure(runner, errors)
    ran, restored = len(runner.seconds), len(runner.restored)
    from_cache = f", {restored} came from the run cache," if restored else ""
    print(
        f"{ran} {'stage' if ran == 1 else 'stages'} ran{from_cache} in {format_duration(seconds)}; the index is {INDEX}"
    )


def report_failure(runner: ChainScheduler, errors: ErrorList) -> NoReturn:
    if runner.interrupted:
        message = "restage: run: stopped; what finished is recorded; the same command continues"
        print(message, file=sys.stderr)
        raise SystemExit(INTERRUPTED)
    outputs = ((stage, log_file(stage)) for stage in runner.failed)
    failed = [f"failed: {stage}{f' ({file})' if file.is_file() else ''}" for stage, file in outputs]
    raise UserError(*failed, *errors.messages)
