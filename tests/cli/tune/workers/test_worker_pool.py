"""Workers that are a script without TensorFlow: they answer, are killed, or end after a result."""

import sys

import pytest

from stages.cli.tune.objective import Objective
from stages.cli.tune.workers.messages import ComparisonResult, ComparisonTask, StudySetup, TrialTask
from stages.cli.tune.workers.worker_pool import WorkerPool

SCRIPT = """\
import json, os, sys
from pathlib import Path

setup = json.loads(sys.stdin.readline())
for line in sys.stdin:
    task = json.loads(line)
    if task["kind"] == "comparison":
        print(json.dumps({"kind": "comparison", "error": setup["key"]}), flush=True)
        continue
    do = task["sections"]["train"].get("do")
    marker = Path(f"killed-{task['number']}")
    if do == "kill" or (do == "kill once" and not marker.exists()):
        marker.touch()
        os.kill(os.getpid(), 9)
    if do == "exit":
        sys.exit(3)
    ends = do == "end"
    result = {"kind": "trial", "state": "failed" if ends else "complete", "value": task["number"], "ends_worker": ends}
    print(json.dumps(result | {"epochs": os.getpid()}), flush=True)
    if ends:
        break
"""
SETUP = StudySetup(
    key="iris",
    raw="data/raw/iris",
    evaluate={},
    objective=Objective(target="y", metric="rmse", name="rmse", better="lower"),
    rows="",
    folder="study",
)


@pytest.fixture(name="pool")
def _pool(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pool = WorkerPool(2, [sys.executable, "-c", SCRIPT], tmp_path)
    yield pool
    pool.end()


def tasks(*actions):
    return [TrialTask(number=number, sections={"train": {"do": do}}) for number, do in enumerate(actions)]


def results(pool, *actions, **options):
    return {task.number: result for task, result in pool.run(SETUP, tasks(*actions), **options)}


def test_each_task_has_its_result_from_one_of_two_workers(pool):
    found = results(pool, *[None] * 6)
    assert {number: result.value for number, result in found.items()} == {n: n for n in range(6)}
    assert len({result.epochs for result in found.values()}) == 2


def test_the_same_workers_run_further_tasks(pool):
    first, second = results(pool, None, None), results(pool, None, None)
    assert {r.epochs for r in first.values()} == {r.epochs for r in second.values()}
    [(_, result)] = pool.run(SETUP, [ComparisonTask(default={}, best={})])
    assert isinstance(result, ComparisonResult)
    assert result.error == "iris"


def test_no_more_workers_start_than_tasks(pool):
    results(pool, None)
    assert len(pool.workers) == 1


def test_a_task_whose_worker_was_killed_is_run_once_more(pool):
    found = results(pool, None, "kill once", None)
    assert [found[n].state for n in range(3)] == ["complete"] * 3


def test_a_task_that_kills_its_worker_twice_has_failed(pool):
    found = results(pool, "kill", None, None)
    assert found[0].state == "failed"
    assert "killed by SIGKILL" in found[0].error
    assert [found[n].state for n in (1, 2)] == ["complete"] * 2


def test_a_worker_that_ends_by_itself_names_its_log(pool):
    found = results(pool, "exit")
    assert "exit code 3; see " in found[0].error


def test_a_worker_may_end_after_its_result(pool):
    found = results(pool, "end", "end", None, None)
    assert [found[n].state for n in range(4)] == ["failed", "failed", "complete", "complete"]


def test_an_idle_worker_that_was_killed_costs_no_attempt(pool):
    results(pool, None, None)
    for worker in pool.workers:
        worker.process.kill()
        worker.process.wait()
    assert [result.state for result in results(pool, "kill once", None).values()] == ["complete"] * 2


def test_no_task_starts_after_the_time(pool):
    left = iter([True, False])
    found = results(pool, *[None] * 5, may_start=lambda: next(left, False))
    assert len(found) == 2


def test_workers_end_with_the_pool(pool):
    results(pool, None, None)
    processes = [worker.process for worker in pool.workers]
    pool.end()
    assert all(process.returncode is not None for process in processes)
