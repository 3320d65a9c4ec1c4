"""`python -m benchmarks --quick`: two cheap cases from the command line to the page."""

import io
import json
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.cases import SIDES

CASES = ["line", "windows"]


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """The folder that was written and what the terminal showed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("bench"))
        cases = [argument for case in CASES for argument in ("--case", case)]
        patch.setattr("sys.argv", ["benchmarks", "--quick", "--cold", *cases])
        with redirect_stdout(io.StringIO()) as shown:
            main()
        return Path("reports/bench").resolve(), shown.getvalue()


def test_both_sides_of_every_case_are_written_down(measured):
    found = json.loads((measured[0] / "bench.json").read_text())
    assert found["quick"] is True
    assert list(found["cases"]) == CASES
    for case in found["cases"].values():
        assert case["low"] <= case["ratio"] <= case["high"]
        for side in SIDES:
            assert len(case[side]["seconds"]) == 1
            assert case[side]["peak"] > 1e6
            assert case[side]["stored"] > 0
        assert case["tutorial"]["parameters"] == case["ours"]["parameters"]


def test_whole_runs_are_timed_where_that_says_something(measured):
    cases = json.loads((measured[0] / "bench.json").read_text())["cases"]
    assert cases["line"]["cold_ratio"] > 0
    assert [len(cases["line"][side]["cold_seconds"]) for side in SIDES] == [1, 1]
    assert "cold_ratio" not in cases["windows"]


def test_the_machine_and_the_terms_are_written_down(measured):
    found = json.loads((measured[0] / "bench.json").read_text())
    assert found["machine"]["gemm"] > 0
    assert found["machine"]["copy"] > 0
    assert set(found["machine"]["versions"]) == {"keras", "numpy", "python", "tensorflow"}
    assert set(found["terms"]) == set(SIDES)


def test_the_page_has_every_case_and_needs_nothing_else(measured):
    html = (measured[0] / "index.html").read_text()
    assert [f'<section id="{case}">' in html for case in CASES] == [True, True]
    assert html.count('class="bar tutorial"') == html.count('class="bar ours"') == 4 + 3
    assert "http" not in html
    assert "src=" not in html


def test_the_terminal_shows_a_line_a_case(measured):
    machine, _, _, *rows, end = measured[1].splitlines()
    assert "GFLOP/s" in machine
    assert [row.split()[0] for row in rows] == CASES
    assert end == "open reports/bench/index.html; quick figures mean nothing"


def test_an_unknown_case_is_an_error_and_nothing_is_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["benchmarks", "--case", "mnist_mpl"])
    with pytest.raises(SystemExit, match="1"):
        main()
    assert capsys.readouterr().err == "restage: bench: --case: no case 'mnist_mpl'; did you mean mnist_mlp?\n"
    assert list(tmp_path.iterdir()) == []
