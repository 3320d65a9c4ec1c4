"""However a process ends, the user gets a message and no process is left."""

from dataclasses import replace

import pytest

from benchmarks.start_sides import run_module, start_side
from stages.core.errors import UserError


def test_side_runs_the_requested_rounds_and_ends() -> None:
    with start_side("windows", "ours", "quick") as side:
        ready = side.read_message()
        assert ready["parameters"] == 0
        # Each point in 32 bits, and in 64 bits for the metrics; no copy for each window.
        assert 300 * (4 + 8) < ready["stored"] < 300 * 16
        assert side.run_round() > 0
        assert side.run_round() > 0
        assert side.finish() > 1e6
    assert side.process.returncode is not None


def test_failing_side_is_reported_with_the_end_of_its_output() -> None:
    with start_side("nonsense", "ours", "quick") as side, pytest.raises(UserError) as error:
        side.read_message()
    message = str(error.value)
    assert message.startswith("nonsense, ours: ended with code 1")
    assert "Traceback" in message
    assert message.endswith("KeyError: 'nonsense'")


def test_killed_side_is_reported_at_the_next_round() -> None:
    with start_side("windows", "ours", "quick") as side:
        side.read_message()
        side.process.kill()
        side.process.wait()
        with pytest.raises(UserError, match="windows, ours: ended with code -9"):
            side.run_round()


def test_side_that_does_not_answer_in_time_is_killed() -> None:
    with start_side("windows", "tutorial", "quick") as side:
        side.read_message()
        with pytest.raises(UserError, match="windows, tutorial: no answer within 0 seconds"):
            replace(side, time_limit=0.05).read_message()
    assert side.process.returncode == -9


def test_side_is_killed_at_the_end_of_the_block() -> None:
    with start_side("windows", "tutorial", "quick") as side:
        pass
    assert side.process.returncode == -9


def test_module_that_takes_too_long() -> None:
    with pytest.raises(UserError, match="machine speed: no answer within 0 seconds"):
        run_module("machine speed", "benchmarks.machine_speed", "quick", time_limit=0.001)


def test_module_that_fails() -> None:
    with pytest.raises(UserError, match=r"(?s)machine speed: ended with code 1;.*TypeError"):
        run_module("machine speed", "benchmarks.machine_speed")
