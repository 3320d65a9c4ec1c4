"""`restage tune`: searches the parameters of a dataset that are best on its validation rows."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from stages.cli.pages.check_page_file import check_page_file
from stages.cli.run.compose_if_changed import composed_params
from stages.cli.run.dataset_resources import dataset_resources
from stages.cli.run.execution.open_executor import LOCAL, OWN_CLUSTER, Place, check_place
from stages.cli.stop_signals import INTERRUPTED, handling_stop_signals
from stages.cli.tune.apply.apply_best import apply_best
from stages.cli.tune.describe_study import StudyProgress, best_trial, describe_result, next_steps
from stages.cli.tune.journal.journal import Journal, open_journal
from stages.cli.tune.journal.study_identity import own_code_files, study_identity
from stages.cli.tune.objective import Objective, choose_objective, compared_rows
from stages.cli.tune.page.write_study_page import write_page
from stages.cli.tune.prepare_study import StudyParameters, check_data_are_current, study_parameters
from stages.cli.tune.run_rounds import Study, run_rounds
from stages.cli.tune.search.propose_trials import ROUND
from stages.cli.tune.study import BestAgainstDefault, StudyResult, TrialRecord
from stages.cli.tune.study_folder import JOURNAL, RESULT, only_study_of, open_study_folder, read_result
from stages.cli.tune.workers.messages import PROCESSED, ComparisonResult, ComparisonTask, Result, StudySetup, Task
from stages.cli.tune.workers.open_workers import open_workers
from stages.cli.tune.workers.trial_workers import TrialWorkers
from stages.core import paths
from stages.core.artefacts.processed import VALIDATION, arrays_in
from stages.core.artefacts.records.record import write_record
from stages.core.bounded_memory.scratch_arrays import scratch_folder
from stages.core.dask_workers.stage_workers import use_stage_workers
from stages.core.errors import UserError
from stages.core.runtime.usable_cores import usable_cores

PAGES = Path("reports/tune")


@dataclass(frozen=True)
class TuneOptions:
    """`jobs` is the number of workers; None is as many as the cores allow, and a whole round on a cluster.

    `on` is where trials run, see `open_workers`; files that are not committed go there only `with_changes`.
    `html` is the page's file.
    """

    key: str
    trials: int
    minutes: float | None = None
    jobs: int | None = None
    seed: int = 0
    apply: bool = False
    html: Path | None = None
    on: str = LOCAL
    with_changes: bool = False


def tune(options: TuneOptions) -> None:
    check_place(options.on)
    if options.html is not None:
        check_page_file(options.html)
    deadline = None if options.minutes is None else time.monotonic() + 60 * options.minutes
    params = composed_params()
    use_stage_workers(params.get("stage_workers"))
    parameters = study_parameters(options.key, params)
    with only_study_of(options.key):
        check_data_are_current(options.key, params)
        with handling_stop_signals(stop):
            result = run_study(parameters, options, deadline)
    finish(result, options)


def finish(result: StudyResult, options: TuneOptions) -> None:
    """Print the result and write its page; with --apply, write the best values into conf/."""
    print(*describe_result(result), sep="\n")
    page = options.html or PAGES / f"{options.key}.html"
    write_page(result, page)
    if options.apply:
        print(f"\npage: {page}")
        apply_best(result)
    else:
        print("", *next_steps(result, str(page)), sep="\n")


def run_study(parameters: StudyParameters, options: TuneOptions, deadline: float | None) -> StudyResult:
    """Run the trials that are not in the journal, and compare the best with the default."""
    raw = paths.raw_data(parameters.key)
    compared = {**parameters.sections, "evaluate": parameters.evaluate}
    identity = study_identity(parameters.ranges, compared, raw, own_code_files(), options.seed)
    folder = open_study_folder(parameters.key, identity)
    resources = dataset_resources(parameters.composed)
    place = Place(options.on, trials_at_once(options, resources.threads), options.with_changes)
    journal = open_journal(folder / JOURNAL)
    with removed(folder / PROCESSED), open_workers(place, parameters.key, resources, folder) as workers:
        remaining = options.trials - sum(number < options.trials for number in journal.trials)
        workers.start(remaining)  # they load TensorFlow while the data are prepared
        setup = study_setup(parameters, raw, folder)
        trials = run_trials(parameters, setup, options, journal, workers, deadline)
        result = study_result(parameters, setup, trials, options.seed, folder, workers)
    write_record(folder / RESULT, result)
    return result


def trials_at_once(options: TuneOptions, threads: int) -> int:
    """No more than a round: which values the next one has depends on all of its results."""
    if options.jobs is not None and options.jobs > ROUND:
        print(f"restage: tune: trials run in rounds of {ROUND}; {ROUND} run at once, not {options.jobs}",
              file=sys.stderr, flush=True)  # fmt: skip
    is_cluster = options.on not in (LOCAL, OWN_CLUSTER)
    return min(ROUND, options.jobs or (ROUND if is_cluster else max(1, usable_cores() // threads)))


@contextmanager
def removed(folder: Path) -> Iterator[None]:
    """The folder is removed before the block, since a killed process may have left it, and after it."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def study_setup(parameters: StudyParameters, raw: Path, folder: Path) -> StudySetup:
    """Raises UserError if the parameters of conf/ do not fit the data, or if there are no validation rows."""
    from stages.cli.tune.trials.trial_data import TrialData  # imports pandas
    from stages.train.check_params_fit_data import check_training

    processed = TrialData(raw, folder / PROCESSED).processed(parameters.sections["preprocess"])
    check_training(parameters.dataset.train, processed)
    with scratch_folder(folder) as scratch:
        objective = choose_objective(parameters.dataset.evaluate, replace(processed, new_array=arrays_in(scratch)))
    print_objective(parameters, objective, processed.sample_count(VALIDATION))
    return StudySetup(
        key=parameters.key,
        raw=raw,
        evaluate=parameters.evaluate,
        objective=objective,
        rows=compared_rows(processed),
        folder=folder,
    )


def print_objective(parameters: StudyParameters, objective: Objective, rows: int) -> None:
    searched = ", ".join(parameters.ranges)
    print(f"{parameters.key}: {objective.name} on {rows} validation rows, {objective.better} is better; {searched}")
    if objective.note:
        print(f"{parameters.key}: {objective.note}; {objective.name} is used")
    sys.stdout.flush()


def run_trials(
    parameters: StudyParameters,
    setup: StudySetup,
    options: TuneOptions,
    journal: Journal,
    workers: TrialWorkers,
    deadline: float | None,
) -> list[TrialRecord]:
    objective = setup.objective
    study = Study(
        parameters.ranges,
        parameters.sections,
        parameters.default,
        parameters.rungs,
        objective.better,
        options.seed,
    )
    if journal.trials:
        print(f"{parameters.key}: {len(journal.trials)} trials are in the journal", flush=True)
    progress = StudyProgress(objective, options.trials, journal.trials)
    trials = run_rounds(study, options.trials, journal, in_time(workers, setup, deadline), progress.report)
    if len(trials) < options.trials:
        over = deadline is not None and time.monotonic() > deadline
        reason = "the time is over" if over else "all combinations were tried"
        print(f"{parameters.key}: {len(trials)} of {options.trials} trials: {reason}", flush=True)
    return trials


def in_time(
    workers: TrialWorkers, setup: StudySetup, deadline: float | None
) -> Callable[[Sequence[Task]], Iterator[tuple[Task, Result]]]:
    """Trials that run at the deadline are finished; no other starts after it."""
    return partial(workers.run, setup, may_start=lambda: deadline is None or time.monotonic() < deadline)


def study_result(
    parameters: StudyParameters,
    setup: StudySetup,
    trials: Sequence[TrialRecord],
    seed: int,
    folder: Path,
    workers: TrialWorkers,
) -> StudyResult:
    """Raises UserError if no trial is complete."""
    best = best_trial(trials, setup.objective.better)
    if best is None:
        reasons = dict.fromkeys(trial.error for trial in trials if trial.error)
        raise UserError(f"{parameters.key}: no trial is complete", *(f"failed: {reason}" for reason in reasons))
    before = read_result(folder)
    if before is not None and before.trials == list(trials):
        return before

    from stages.cli.tune.search.importance import importance_of

    return StudyResult(
        key=parameters.key,
        metric=setup.objective.name,
        better=setup.objective.better,
        seed=seed,
        ranges=dict(parameters.ranges),
        trials=list(trials),
        best=best.number,
        importance=importance_of(parameters.ranges, trials, setup.objective.better, seed),
        comparisons=compare_with_default(parameters, setup, best, trials, workers),
    )


def compare_with_default(
    parameters: StudyParameters,
    setup: StudySetup,
    best: TrialRecord,
    trials: Sequence[TrialRecord],
    workers: TrialWorkers,
) -> list[BestAgainstDefault]:
    """Empty, with a message, if the parameters of conf/ cannot be trained."""
    if trials[0].number != 0 or trials[0].state == "failed":
        print(f"{parameters.key}: the parameters of conf/ failed, so that the best is compared with nothing")
        return []
    study = Study(parameters.ranges, parameters.sections, parameters.default, [], setup.objective.better, 0)
    task = ComparisonTask(default=parameters.sections, best=study.sections_with(best.values))
    [(_, result)] = workers.run(setup, [task])
    assert isinstance(result, ComparisonResult)
    if result.error is not None:
        raise UserError(f"{parameters.key}: default and best were trained again to compare them: {result.error}")
    for found in result.comparisons:
        if found.split == VALIDATION and (found.default, found.best) != (trials[0].value, best.value):
            print(
                f"{parameters.key}: trained again, default and best have {found.default} and {found.best}, and "
                f"{trials[0].value} and {best.value} in the study: the training is not reproducible"
            )
    return result.comparisons


def stop(_: int) -> NoReturn:
    print(
        "restage: tune: stopped; the trials that finished are in the journal; run the same command to go on",
        file=sys.stderr,
    )
    raise SystemExit(INTERRUPTED)
