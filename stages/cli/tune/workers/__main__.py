"""`python3 -m stages.cli.tune.workers THREADS`: trains trials until its input ends.

Its input has the setup of the study, then a task in each line; its output has a result for each task.
"""

import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from textwrap import shorten
from typing import TextIO

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.cli.tune.workers.messages import (
    TASK,
    ComparisonResult,
    ComparisonTask,
    Result,
    StudySetup,
    Task,
    failed_result,
)
from stages.core.errors import UserError
from stages.core.runtime.keras import start_keras
from stages.core.runtime.parent_process import end_with_parent

MAX_REASON = 300
# TensorFlow keeps about a megabyte of each trial that is compiled; a new process starts with none.
MAX_TASKS = 200


def main(threads: int) -> None:
    end_with_parent(os.getppid())
    results = take_output()
    start_keras(threads)
    # These modules load Keras.
    from stages.cli.tune.trials.compare_trials import compare_trials
    from stages.cli.tune.trials.prepare_trials import TrialPreparation
    from stages.cli.tune.trials.train_trials import train_trial
    from stages.cli.tune.trials.trial_data import TrialData

    setup = StudySetup.model_validate_json(sys.stdin.readline())
    preparation = TrialPreparation(setup, TrialData(setup.raw, setup.processed))

    def run(task: Task) -> Result:
        if isinstance(task, ComparisonTask):
            return ComparisonResult(comparisons=compare_trials(task, preparation))
        return train_trial(task, preparation)

    for result in results_of(sys.stdin, run):
        results.write(result.model_dump_json() + "\n")
        results.flush()


def results_of(lines: Iterable[str], run: Callable[[Task], Result]) -> Iterator[Result]:
    """The result of the task in each line, until one of them ends the worker."""
    for number, line in enumerate(lines, 1):
        result = result_of(TASK.validate_json(line), run)
        if number == MAX_TASKS:
            result = result.model_copy(update={"ends_worker": True})
        yield result
        if result.ends_worker:
            return


def result_of(task: Task, run: Callable[[Task], Result]) -> Result:
    try:
        return run(task)
    except UserError as error:
        return failed_result(task, "; ".join(error.messages))
    except Exception as error:  # noqa: BLE001 - such as those of TensorFlow, for a shape or for memory
        traceback.print_exc()
        reason = shorten(f"{type(error).__name__}: {error}", MAX_REASON, placeholder=" ...")
        return failed_result(task, reason, ends_worker=True)


def take_output() -> TextIO:
    """The standard output for results; what else is printed goes to the log, which is the standard error."""
    results = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return results


if __name__ == "__main__":
    main(int(sys.argv[1]))
