"""What a log and a terminal are told."""

import io
from pathlib import Path

import pytest

from stages.cli.run.chain_worker import output_of
from stages.cli.run.progress_display import Lines, Live
from tests.cli.run.made import made

IRIS, WINE = made("iris", "train", "report"), made("wine")


def test_a_log_has_a_line_for_each_stage_that_ran() -> None:
    out = io.StringIO()
    lines = Lines(out)
    lines.began(IRIS, "train@iris")
    lines.ended(IRIS, "train@iris", 1.24, ran=True)
    lines.ended(IRIS, "report@iris", 0.1, ran=False)
    assert out.getvalue() == "train@iris: 1.2 s (1 of 2)\n"


def test_a_failure_brings_all_that_was_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    output_of("train@iris").parent.mkdir(parents=True)
    output_of("train@iris").write_text("one\ntwo\n")
    out = io.StringIO()
    Lines(out).failed("train@iris", " (signal 9)")
    assert out.getvalue() == "train@iris: failed (signal 9); all it said:\none\ntwo\n\n"


def last_frame(out: io.StringIO) -> list[str]:
    return out.getvalue().rpartition("\x1b[0J")[2].splitlines()


def test_a_terminal_shows_what_runs_and_what_is_left() -> None:
    out = io.StringIO()
    live = Live([IRIS, WINE], {"train@iris": 8.0, "report@iris": 2.0, "train@wine": 4.0}, places=2, out=out)
    live.began(IRIS, "train@iris")
    live.began(WINE, "train@wine")
    iris, wine, summary = last_frame(out)
    assert iris.split() == ["iris", "train", "1/2", "0:00"]
    assert wine.split() == ["wine", "train", "1/1", "0:00"]
    assert summary == "0 of 2 done, 0:00, about 0:10 left"
    live.ended(WINE, "train@wine", 4.0, ran=True)
    live.over(WINE, whole=True)
    assert last_frame(out)[-1] == "1 of 2 done, 0:00, about 0:10 left"
    assert "wine                 0:04\n" in out.getvalue()


def test_nothing_is_promised_about_what_never_ran() -> None:
    out = io.StringIO()
    live = Live([IRIS], {"train@iris": 8.0}, places=1, out=out)
    live.began(IRIS, "train@iris")
    assert last_frame(out)[-1] == "0 of 1 done, 0:00"
