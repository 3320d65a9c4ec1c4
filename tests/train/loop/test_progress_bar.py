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
