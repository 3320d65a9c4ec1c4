"""Chains in real processes that do next to nothing."""

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stages.cli.run.plan import Chain
from stages.cli.run.worker_pool import Crew
from tests.cli.run.made import Notes, made

Work = Callable[[Chain, int], int]


def say(told: int, *words: object) -> None:
    os.write(told, json.dumps(words).encode() + b"\n")


def well(chain: Chain, told: int) -> int:
    for stage in chain.names:
        say(told, "began", stage)
        say(told, "ended", stage, True, 1.5)
    return 0


def badly(name: str, otherwise: Work = well) -> Work:
    def work(chain: Chain, told: int) -> int:
        if chain.name != name:
            return otherwise(chain, told)
        say(told, "began", chain.names[0])
        return 1

    return work


def until_stopped(chain: Chain, told: int) -> int:
    """A process that would take a minute, and ends at once when asked to."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(1))
    say(told, "began", chain.names[0])
    time.sleep(60)
    return 0


def crew(work: Work, places: int = 2, threads: Callable[[Chain], int] = lambda _: 1, **more: bool) -> Crew:
    return Crew(places, threads, work, Notes(), **more)


def run(crew: Crew, *chains: Chain) -> bool:
    with crew.hearing_signals():
        return crew.run(chains)


def told(crew: Crew) -> list[tuple[object, ...]]:
    assert isinstance(crew.view, Notes)
    return crew.view.told


def test_every_chain_runs_and_its_times_are_kept() -> None:
    two = crew(well)
    assert run(two, made("iris", "train", "report"), made("wine"))
    assert two.ran == {"train@iris": 1.5, "report@iris": 1.5, "train@wine": 1.5}


def test_one_place_means_one_after_the_other_in_the_order_given() -> None:
    one = crew(well, places=1)
    assert run(one, made("c"), made("a"), made("b"))
    assert [words[1] for words in told(one) if words[0] == "over"] == ["c", "a", "b"]


@pytest.mark.parametrize(("threads", "most"), [(1, 4), (2, 2), (3, 1), (9, 1)])
def test_a_chain_with_several_threads_takes_as_many_places(threads: int, most: int, tmp_path: Path) -> None:
    def count(chain: Chain, _: int) -> int:
        mine = tmp_path / chain.name
        mine.touch()
        time.sleep(0.2)
        busy = len(list(tmp_path.iterdir()))
        mine.unlink()
        return 0 if busy <= most else 1

    assert run(crew(count, places=4, threads=lambda _: threads), *map(made, "abcd"))


def test_a_failure_is_told_and_the_others_go_on() -> None:
    two = crew(badly("iris"), places=1)
    assert not run(two, made("iris", "train", "report"), made("wine"))
    assert two.failed == ["train@iris"]
    assert ("failed", "train@iris", "") in told(two)
    assert ("over", "wine", True) in told(two)


def test_the_first_failure_can_stop_the_others() -> None:
    two = crew(badly("iris", until_stopped), fail_fast=True)
    assert not run(two, made("wine"), made("iris"), made("digits"))
    assert two.failed == ["train@iris"]
    assert ("began", "train@digits") not in told(two)


def test_a_process_that_is_killed_is_a_failure_with_its_signal() -> None:
    def killed(chain: Chain, told: int) -> int:
        say(told, "began", chain.names[0])
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    one = crew(killed)
    assert not run(one, made("iris"))
    assert ("failed", "train@iris", " (signal 9)") in told(one)


def test_a_bug_in_a_chain_s_process_is_a_failure() -> None:
    def bug(chain: Chain, told: int) -> int:
        raise ZeroDivisionError

    one = crew(bug)
    assert not run(one, made("iris"))
    assert one.failed == ["train@iris"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_and_begins_no_other(number: int) -> None:
    def stopping(chain: Chain, told: int) -> int:
        os.kill(os.getppid(), number)
        return until_stopped(chain, told)

    one = crew(stopping, places=1)
    before = signal.getsignal(number)
    assert not run(one, made("iris"), made("wine"))
    assert one.stopped == number
    assert one.failed == []
    assert ("over", "wine", True) not in told(one)
    assert signal.getsignal(number) == before
