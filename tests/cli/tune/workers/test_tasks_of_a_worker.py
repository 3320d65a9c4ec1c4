"""The loop of a worker: what ends it, and what does not."""

from collections.abc import Callable

import pytest

from stages.cli.tune.workers.__main__ import MAX_TASKS, results_of
from stages.cli.tune.workers.messages import Result, Task, TrialResult, TrialTask
from stages.core.errors import UserError


def lines(count: int) -> list[str]:
    return [TrialTask(number=number, sections={}).model_dump_json() for number in range(count)]


def trial_results(count: int, run: Callable[[Task], Result]) -> list[TrialResult]:
    return [result for result in results_of(lines(count), run) if isinstance(result, TrialResult)]


def complete(task: Task) -> Result:
    assert isinstance(task, TrialTask)
    return TrialResult(state="complete", value=task.number)


def test_a_worker_ends_after_many_tasks():
    results = trial_results(MAX_TASKS + 5, complete)
    assert [result.value for result in results] == list(range(MAX_TASKS))
    assert [result.ends_worker for result in results] == [False] * (MAX_TASKS - 1) + [True]


@pytest.mark.error_case("wrong tuning")
def test_wrong_parameters_do_not_end_a_worker():
    def refuse(task: Task) -> Result:
        raise UserError("train: one", "train: two")

    results = trial_results(2, refuse)
    assert [(result.state, result.error) for result in results] == [("failed", "train: one; train: two")] * 2


@pytest.mark.error_case("wrong tuning")
def test_another_error_ends_a_worker():
    def fail(task: Task) -> Result:
        raise RuntimeError("no memory " + "x" * 1000)

    [result] = trial_results(2, fail)
    assert (result.state, result.ends_worker) == ("failed", True)
    assert result.error is not None
    assert result.error.startswith("RuntimeError: no memory")
    assert len(result.error) <= 300
