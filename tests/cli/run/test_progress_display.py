"""What is shown in a log and on a terminal."""

import io
from pathlib import Path

import pytest

from stages.cli.run.last_run.stage_log import log_file
from stages.cli.run.progress_display import CLEAR_TO_END, LiveDisplay, LogDisplay
from tests.cli.run.fake_chains import fake_chain

IRIS, WINE = fake_chain("iris", "train", "report"), fake_chain("wine")


def test_a_log_has_a_line_for_each_stage_that_ran() -> None:
    out = io.StringIO()
    display = LogDisplay(out)
    display.stage_started(IRIS, "train@iris")
    display.stage_finished(IRIS, "train@iris", 1.24, ran=True)
    display.stage_finished(IRIS, "report@iris", 0.1, ran=False)
    assert out.getvalue() == "train@iris: 1.2 s (1 of 2)\n"


def test_a_failure_shows_the_output_of_the_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    log_file("train@iris").parent.mkdir(parents=True)
    log_file("train@iris").write_text("one\ntwo\n")
    out = io.StringIO()
    LogDisplay(out).stage_failed("train@iris", " (signal 9)", "the disk is full")
    assert out.getvalue() == "train@iris: failed (signal 9); its output:\none\ntwo\nthe disk is full\n"


def live_display(out: io.StringIO, **durations: float) -> LiveDisplay:
    return LiveDisplay({name.replace("_", "@"): seconds for name, seconds in durations.items()}, slots=2, out=out)


def last_frame(display: LiveDisplay, out: io.StringIO) -> list[str]:
    display.redraw()
    return out.getvalue().rpartition(CLEAR_TO_END)[2].splitlines()


def test_a_terminal_shows_what_runs_and_what_is_left() -> None:
    out = io.StringIO()
    display = live_display(out, train_iris=8.0, report_iris=2.0, train_wine=4.0)
    display.expect([IRIS, WINE])
    display.stage_started(IRIS, "train@iris")
    display.stage_started(WINE, "train@wine")
    iris, wine, summary = last_frame(display, out)
    assert iris.split() == ["iris", "train", "1/2", "0:00"]
    assert wine.split() == ["wine", "train", "1/1", "0:00"]
    assert summary == "0 of 2 done, 0:00, about 0:10 left"
    display.stage_finished(WINE, "train@wine", 4.0, ran=True)
    display.chain_ended(WINE, finished=True)
    assert last_frame(display, out)[-1] == "1 of 2 done, 0:00, about 0:10 left"
    assert "wine                 0:04\n" in out.getvalue()


def test_the_remaining_time_is_not_shown_if_a_stage_never_ran() -> None:
    out = io.StringIO()
    display = live_display(out, train_iris=8.0)
    display.expect([IRIS])
    display.stage_started(IRIS, "train@iris")
    assert last_frame(display, out)[-1] == "0 of 1 done, 0:00"
