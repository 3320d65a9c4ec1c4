import io

import pytest

from stages.train.loop.progress_bar import Progress


def printed_lines(capsys: pytest.CaptureFixture[str], total: int) -> list[str]:
    progress = Progress("iris", total)
    for step in range(total):
        progress.step({"loss": 1 / (step + 1)})
    progress.close()
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(("total", "expected"), [(1, 1), (3, 3), (10, 10), (11, 10), (500, 10), (1200, 10)])
def test_a_log_gets_at_most_ten_lines(capsys: pytest.CaptureFixture[str], total: int, expected: int) -> None:
    lines = printed_lines(capsys, total)
    assert len(lines) == expected
    assert lines[-1] == f"iris: {total}/{total} loss={1 / total:.4g}"


def test_the_lines_are_spread_evenly(capsys: pytest.CaptureFixture[str]) -> None:
    assert [line.split()[1] for line in printed_lines(capsys, 20)] == [f"{n}/20" for n in range(2, 21, 2)]


def test_metrics_are_rounded(capsys: pytest.CaptureFixture[str]) -> None:
    Progress("iris", 1).step({"loss": 0.123456, "accuracy": 1.0})
    assert capsys.readouterr().out == "iris: 1/1 loss=0.1235 accuracy=1\n"


def test_a_terminal_shows_a_bar_and_no_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stderr", terminal)
    progress = Progress("iris", 2)
    progress.step({"loss": 0.5})
    progress.step({"loss": 0.25})
    progress.close()
    assert "iris" in terminal.getvalue()
    assert capsys.readouterr().out == ""


def test_a_long_step_shows_how_much_of_it_is_done(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here, a part takes two seconds; a step shows something too."""
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    progress = Progress("iris", 10, done=3)
    for part in range(1, 7):
        now = 2.0 * part
        progress.show_part(1000 * part, 9000)
    progress.step({"loss": 0.5})
    now += 4
    progress.show_part(1000, 9000)
    now += 1
    progress.show_part(2000, 9000)
    assert capsys.readouterr().out.splitlines() == [
        "iris: 4/10 3,000 of 9,000 samples",
        "iris: 4/10 6,000 of 9,000 samples",
        "iris: 4/10 loss=0.5",
        "iris: 5/10 2,000 of 9,000 samples",
    ]


def test_a_bar_shows_the_part_of_a_step(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stages.train.loop.progress_bar.SECONDS", 0.0)
    progress = Progress("iris", 2, bar=True)
    progress.show_part(1000, 9000)
    progress.close()
    assert "1,000 of 9,000 samples" in capsys.readouterr().err
