"""Which workers are used and what becomes of a call, with futures in place of Dask."""

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from distributed import KilledWorker
from distributed.protocol import serialize_bytes

from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.dask_workers import call_on_workers, fitting_workers
from stages.core.dask_workers.call_answer import CallAnswer
from stages.core.dask_workers.call_on_workers import calls_on_workers, map_on_workers
from stages.core.dask_workers.fitting_workers import FittingWorkers, code_digest
from stages.core.dask_workers.worker_requirements import requirements_of
from stages.core.errors import UserError
from tests.core.dask_workers.workers_of_this_process import use_workers_of_this_process

A, B = "tcp://a:1", "tcp://b:1"
PYTHON = requirements_of([]).python
Answer = dict[str, Any] | Exception


def returned(value: object) -> Answer:
    return {"worker": A, "refused": [], "content": serialize_bytes(CallAnswer(result=(value,)))}


class FakeClient:
    """`answers` are those of the calls, in the order in which they are sent; without one, a call does not end."""

    def __init__(self, *answers: Answer, resources: dict[str, dict[str, float]] | None = None) -> None:
        self.answers = list(answers)
        self.workers = {A: 1, B: 2}
        self.pythons = dict.fromkeys(self.workers, PYTHON)
        self.problems: dict[str, list[str]] = {A: [], B: []}
        self.resources = resources or {}
        self.sent: list[tuple[Future[Any], dict[str, Any]]] = []

    def nthreads(self) -> dict[str, int]:
        return self.workers

    def get_versions(self) -> dict[str, Any]:
        return {"workers": {each: {"host": {"python": f"{self.pythons[each]}.1"}} for each in self.workers}}

    def scheduler_info(self) -> dict[str, Any]:
        names = {A: "first", B: "second"}
        return {
            "workers": {each: {"name": names[each], "resources": self.resources.get(each, {})} for each in self.workers}
        }

    def run(self, function: Callable[[], Any], workers: list[str], on_error: str) -> dict[str, Any]:
        return {each: self.problems[each] for each in workers}

    def submit(self, function: Callable[[], Any], **options: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        self.sent.append((future, options))
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            future.set_exception(answer)
        elif answer is not None:
            future.set_result(answer)
        return future


@pytest.fixture(name="use")
def _use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[FakeClient], None]]:
    with tempfile.NamedTemporaryFile(dir=tmp_path) as probe:

        def use(client: FakeClient) -> None:
            found = FittingWorkers(client, "tcp://scheduler:8786", cast("Any", probe))
            monkeypatch.setattr(call_on_workers, "connected_workers", lambda _: found)

        yield use


def call(threads: int = 1) -> object:
    with calls_on_workers([partial(int, 1)], "", threads) as results:
        return next(results)


def test_results_are_in_the_order_of_the_calls_and_no_more_than_two_a_thread_are_sent(use):
    client = FakeClient(*map(returned, range(9)))
    use(client)
    results = map_on_workers(abs, range(9), "")
    assert next(results) == 0
    assert len(client.sent) == 6
    assert list(results) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert client.sent[0][1]["workers"] is None


def test_all_calls_are_sent_at_once_and_those_that_are_left_are_cancelled(use):
    client = FakeClient(returned(7))
    use(client)
    with calls_on_workers([partial(int, n) for n in range(3)], "") as results:
        assert len(client.sent) == 3
        assert next(results) == 7
    assert [future.cancelled() for future, _ in client.sent] == [False, True, True]


def test_a_worker_with_other_packages_or_another_python_is_not_used_and_named(use, capsys):
    client = FakeClient(returned(1))
    client.problems[A] = ["numpy is 1.0, needed is 2.4.6"]
    use(client)
    assert capsys.readouterr().err == ("restage: worker first (tcp://a:1) is not used: numpy is 1.0, needed is 2.4.6\n")
    assert call() == 1
    assert client.sent[0][1]["workers"] == [B]


@pytest.mark.error_case("cluster")
def test_no_worker_fits(use):
    client = FakeClient()
    client.problems[A] = ["numpy is 1.0, needed is 2.4.6"]
    client.pythons[B] = "3.99"
    with pytest.raises(UserError) as error:
        use(client)
    assert error.value.messages == (
        "worker first (tcp://a:1) is not used: numpy is 1.0, needed is 2.4.6",
        f"worker second (tcp://b:1) is not used: Python is 3.99, needed is {PYTHON}",
        "stage_workers in conf/local.yaml, or RESTAGE_STAGE_WORKERS: no worker of tcp://scheduler:8786 fits; start "
        "some in the locked environment (`make setup`)",
    )
    client.workers = {}
    with pytest.raises(UserError, match="has no workers; start `dask worker tcp://scheduler:8786`"):
        use(client)


def test_a_call_that_a_later_worker_refuses_goes_to_another(use, capsys):
    client = FakeClient({"worker": A, "refused": ["the processor lacks AVX2"]}, returned(1))
    use(client)
    assert call() == 1
    assert "worker first (tcp://a:1) is not used: the processor lacks AVX2" in capsys.readouterr().err
    assert [options["workers"] for _, options in client.sent] == [None, [B]]


@pytest.mark.error_case("cluster")
def test_a_call_whose_process_was_killed_is_sent_once_more(use):
    killed = {"worker": A, "refused": [], "ended": "killed by SIGKILL"}
    use(FakeClient(killed, returned(1)))
    assert call() == 1
    use(FakeClient(killed, killed))
    with pytest.raises(UserError, match="its process on the worker tcp://a:1 was killed by SIGKILL"):
        call()


@pytest.mark.error_case("cluster")
@pytest.mark.parametrize(
    ("error", "message"),
    [
        (KilledWorker("task", None, 3), "the workers that ran it died one after another"),
        (CancelledError(), "the scheduler of Dask does not answer any more"),
        (OSError("closed"), "the scheduler of Dask does not answer any more"),
    ],
)
def test_what_dask_gives_up_is_one_message(use, error, message):
    use(FakeClient(error))
    with pytest.raises(UserError, match=message):
        call()


def test_threads_are_asked_for_where_workers_declare_them(use):
    client = FakeClient(returned(1), returned(2), resources={A: {"threads": 4.0}})
    use(client)
    assert call(threads=4) == 1
    assert client.sent[0][1]["resources"] == {"threads": 4.0}
    with pytest.raises(UserError, match=r"needs threads: 8, as train\.threads says, and the most that .* has is 4"):
        call(threads=8)


def raise_error(messages: tuple[str, ...]) -> None:
    raise UserError(*messages) if messages else ZeroDivisionError


def test_errors_of_the_function_are_raised_here(monkeypatch):
    use_workers_of_this_process(monkeypatch)
    with pytest.raises(UserError) as error:
        list(map_blocks(raise_error, [("one", "two")]))
    assert error.value.messages == ("one", "two")
    with pytest.raises(RuntimeError, match=r"(?s)a worker failed:.*in raise_error.*ZeroDivisionError"):
        list(map_blocks(raise_error, [()]))
    assert list(map_blocks(abs, [-1, 2, -3])) == [1, 2, 3]


def test_a_changed_file_of_the_code_has_another_digest(tmp_path):
    (tmp_path / "a.py").write_text("1")
    first = code_digest(tmp_path)
    assert code_digest(tmp_path) == first
    (tmp_path / "a.py").write_text("12")
    assert code_digest(tmp_path) != first


def test_the_folder_has_a_file_for_as_long_as_the_connection(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    client = FakeClient()
    client.close = lambda: None  # type: ignore[attr-defined]
    monkeypatch.setattr(fitting_workers, "_client", lambda _: client)
    connect = fitting_workers.connected_workers.__wrapped__
    workers = connect("tcp://a:1")
    assert Path(workers.place.probe).is_file()
    workers.close()
    assert list((tmp_path / ".dvc/tmp/restage/workers").iterdir()) == []
