"""`python -m benchmarks --quick` with two small cases, from the command line to the page."""

import io
import json
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import main
from benchmarks.cases import SIDES

CASES = ["line", "windows"]


@dataclass(frozen=True)
class Run:
    record: dict[str, Any]
    html: str
    terminal: list[str]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("bench"))
        cases = [argument for case in CASES for argument in ("--case", case)]
        patch.setattr("sys.argv", ["benchmarks", "--quick", "--whole-runs", *cases])
        with redirect_stdout(io.StringIO()) as output:
            main()
        folder = Path("reports/bench")
        record = json.loads((folder / "bench.json").read_text())
        return Run(record, (folder / "index.html").read_text(), output.getvalue().splitlines())


@pytest.mark.long
def test_record_has_both_sides_of_every_case(run: Run) -> None:
    assert run.record["quick"] is True
    assert list(run.record["cases"]) == CASES
    for case in run.record["cases"].values():
        assert case["low"] <= case["ratio"] <= case["high"]
        for side in SIDES:
            assert len(case[side]["seconds"]) == 1
            assert case[side]["peak"] > 1e6
            assert case[side]["stored"] > 0
        assert case["tutorial"]["parameters"] == case["ours"]["parameters"]


@pytest.mark.long
def test_whole_runs_are_timed_for_cases_that_train(run: Run) -> None:
    cases = run.record["cases"]
    assert cases["line"]["whole_run_ratio"] > 0
    assert [len(cases["line"][side]["whole_run_seconds"]) for side in SIDES] == [1, 1]
    assert "whole_run_ratio" not in cases["windows"]


@pytest.mark.long
def test_record_describes_the_machine_and_the_settings(run: Run) -> None:
    machine = run.record["machine"]
    assert machine["gemm"] > 0
    assert machine["copy"] > 0
    assert set(machine["versions"]) == {"keras", "numpy", "python", "tensorflow"}
    assert set(run.record["terms"]) == set(SIDES)


@pytest.mark.long
def test_page_has_every_case_and_needs_no_other_file(run: Run) -> None:
    assert all(f'<section id="{case}">' in run.html for case in CASES)
    assert run.html.count('class="bar tutorial"') == run.html.count('class="bar ours"') == 4 + 3
    assert "http" not in run.html
    assert "src=" not in run.html


@pytest.mark.long
def test_terminal_shows_a_line_for_each_case(run: Run) -> None:
    machine, _, _, *rows, end = run.terminal
    assert "GFLOP/s" in machine
    assert [row.split()[0] for row in rows] == CASES
    assert end.startswith("open reports/bench/index.html")


def test_unknown_case_is_an_error_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["benchmarks", "--case", "mnist_mpl"])
    with pytest.raises(SystemExit, match="1"):
        main()
    assert capsys.readouterr().err == "restage: bench: --case: no case 'mnist_mpl'; did you mean mnist_mlp?\n"
    assert list(tmp_path.iterdir()) == []
