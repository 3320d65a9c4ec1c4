"""`python3 -m stages.cli.tune.workers THREADS`: trains trials until its input ends.

Its input has the setup of the study, then a task in each line; its output has a result for each task.
"""

import os
import sys
import traceback
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
    preparation = TrialPreparation(setup, TrialData(setup.raw))

    def run(task: Task) -> Result:
        if isinstance(task, ComparisonTask):
            return ComparisonResult(comparisons=compare_trials(task, preparation))
        return train_trial(task, preparation)

    for line in sys.stdin:
        task = TASK.validate_json(line)
        try:
            result = run(task)
        except UserError as error:
            result = failed_result(task, "; ".join(error.messages))
        except Exception as error:  # noqa: BLE001 - such as those of TensorFlow, for a shape or for memory
            traceback.print_exc()
            reason = shorten(f"{type(error).__name__}: {error}", MAX_REASON, placeholder=" ...")
            write_result(results, failed_result(task, reason, ends_worker=True))
            return
        write_result(results, result)


def take_output() -> TextIO:
    """The standard output for results; what else is printed goes to the log, which is the standard error."""
    results = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return results


def write_result(results: TextIO, result: Result) -> None:
    results.write(result.model_dump_json() + "\n")
    results.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
