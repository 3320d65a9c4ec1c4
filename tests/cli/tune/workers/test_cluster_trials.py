"""Trials on a cluster, with futures in place of Dask's workers."""

from collections.abc import Callable
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any, cast

import pytest

from stages.cli.run.cluster.cluster_tasks import WorkersDied
from stages.cli.run.cluster.connection.cluster_connection import ClusterConnection
from stages.cli.run.cluster.worker.worker_task import CopyContent
from stages.cli.run.execution.executor import Resources
from stages.cli.tune.workers import cluster_trials
from stages.cli.tune.workers.cluster_trials import ClusterTrials
from stages.cli.tune.workers.messages import ComparisonTask, StudySetup, TrialResult, TrialTask
from stages.core.errors import UserError
from tests.cli.tune.workers.test_worker_pool import SETUP

CONTENT = CopyContent("repo", "key", b"", "", "", remote=True, cache=None, checkpoints=None)
END_AT_ONCE = TrialResult(state="complete", value=0.5).model_dump_json()


class FakeTasks:
    """Each task ends when it is submitted, as `answer` says for its name; without an answer, when it is stopped."""

    def __init__(self, answer: Callable[[str], Any]) -> None:
        self.answer = answer
        self.names: list[str] = []
        self.keys: set[str] = set()
        self.waiting: list[Future[Any]] = []

    def submit(self, name: str, resources: Resources, run: Any, on_message: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        self.names.append(name)
        self.keys.add(run.args[0].key)
        answer = self.answer(name)
        if isinstance(answer, Exception):
            future.set_exception(answer)
        elif answer is None:
            self.waiting.append(future)
        else:
            future.set_result({"worker": "w", "line": None, "ended": None, "problem": None} | answer)
        return future

    def stop(self, waiting_only: bool = False) -> None:
        for future in self.waiting:
            future.cancel()

    def close(self) -> None:
        pass


@pytest.fixture(name="trials_that")
def _trials_that(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[ClusterTrials, FakeTasks]]:
    def make(answer: Callable[[str], Any], jobs: int = 8) -> tuple[ClusterTrials, FakeTasks]:
        tasks = FakeTasks(answer)
        monkeypatch.setattr(cluster_trials, "ClusterTasks", lambda *_: tasks)
        monkeypatch.setattr(cluster_trials, "chain_records", lambda *_: {})
        connection = cast("ClusterConnection", SimpleNamespace(content=CONTENT, requirements=None))
        return ClusterTrials(connection, "iris", Resources(), jobs), tasks

    return make


def tasks(count: int) -> list[TrialTask]:
    return [TrialTask(number=number, sections={}) for number in range(count)]


def results(trials: ClusterTrials, count: int, setup: StudySetup = SETUP, **options: Any) -> dict[int, TrialResult]:
    found = {}
    for task, result in trials.run(setup, tasks(count), **options):
        assert isinstance(task, TrialTask)
        assert isinstance(result, TrialResult)
        found[task.number] = result
    return found


def test_each_trial_has_its_result_and_no_more_run_at_once_than_asked_for(trials_that):
    trials, fake = trials_that(lambda _: {"line": END_AT_ONCE}, jobs=2)
    assert [result.value for result in results(trials, 5).values()] == [0.5] * 5
    assert fake.names == [f"trial {number}" for number in range(5)]
    running = trials_that(lambda _: None, jobs=2)
    left = iter([True])
    assert results(running[0], 5, may_start=lambda: next(left, False)) == {}
    assert running[1].names == ["trial 0", "trial 1"]


def test_only_trials_of_the_same_study_share_a_process(trials_that):
    trials, fake = trials_that(lambda _: {"line": END_AT_ONCE})
    results(trials, 3)
    assert len(fake.keys) == 1
    results(trials, 1, SETUP.model_copy(update={"rows": "others"}))
    assert len(fake.keys) == 2


def test_a_trial_whose_process_was_killed_is_run_once_more(trials_that):
    answers = iter([{"ended": "killed by SIGKILL"}, {"line": END_AT_ONCE}])
    trials, fake = trials_that(lambda _: next(answers))
    assert results(trials, 1)[0].state == "complete"
    assert fake.names == ["trial 0"] * 2
    trials, fake = trials_that(lambda _: {"ended": "killed by SIGKILL"})
    assert results(trials, 1)[0].error == "its process was killed by SIGKILL"
    assert fake.names == ["trial 0"] * 2


def test_a_trial_that_no_worker_survives_has_failed(trials_that):
    trials, _ = trials_that(lambda name: WorkersDied("all died") if name == "trial 1" else {"line": END_AT_ONCE})
    found = results(trials, 3)
    assert [found[number].state for number in range(3)] == ["complete", "failed", "complete"]
    assert found[1].error == "all died"


@pytest.mark.error_case("wrong tuning")
@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"problem": "no such remote"}, "the worker w could not get the data: no such remote"),
        (UserError("the Dask scheduler does not answer any more"), "does not answer any more"),
    ],
)
def test_what_is_wrong_with_all_trials_ends_the_study(trials_that, answer, message):
    trials, _ = trials_that(lambda _: answer)
    with pytest.raises(UserError, match=message):
        results(trials, 3)


def test_trials_that_wait_are_given_up_when_the_time_is_over(trials_that):
    left = iter([True])
    trials, fake = trials_that(lambda name: {"line": END_AT_ONCE} if name == "trial 0" else None, jobs=2)
    assert list(results(trials, 4, may_start=lambda: next(left, False))) == [0]
    assert fake.names == ["trial 0", "trial 1"]


def test_the_comparison_is_a_task_too(trials_that):
    trials, fake = trials_that(lambda _: {"line": '{"kind": "comparison", "error": "none"}'})
    [(_, result)] = trials.run(SETUP, [ComparisonTask(default={}, best={})])
    assert result.error == "none"
    assert fake.names == ["comparison"]


def test_the_end_stops_what_runs(trials_that):
    trials, fake = trials_that(lambda _: None)
    trials._submit(SETUP, tasks(1)[0], 1)
    trials.end()
    assert fake.waiting[0].cancelled()
