import pytest

from benchmarks.studies.forecast_results import PROPOSED, SeriesResult, report_lines

RESULTS = [
    SeriesResult("a", 1_200, 12, 229, {PROPOSED: [0.5, 1.5]}, {"persistence": 4.0, "theta": 2.0}, 0.8125),
    SeriesResult("b", 60, None, 12, {PROPOSED: [2.0, 2.0]}, {"persistence": 1.0, "theta": 4.0, "automatic ETS": 1.0}),
]


def test_a_row_for_each_series() -> None:
    _, _, first, second, *_ = report_lines(RESULTS, {})
    # The spread is the deviation of the sample: sqrt(0.5).
    assert first == "| a | 1,200 | 12 | 229 | 1.000 | 0.707 | 4.000 |  |  |  | 2.000 |  |"
    assert second == "| b | 60 |  | 12 | 2.000 | 0.000 | 1.000 |  |  |  | 4.000 | 1.000 |"


def test_wins_and_ratios_of_a_model() -> None:
    lines = list(report_lines(RESULTS, {}))
    # To the best baseline 1/2 and 2/1, to theta 1/2 and 2/4; smoothing is there for b alone.
    assert f"| {PROPOSED} | 1 of 2 | 1.000 | 0.500 | 2.000 |" in lines


def test_coverage_and_series_that_are_left_out() -> None:
    lines = list(report_lines(RESULTS, {"c": "too short"}))
    assert "| a | 229 | 0.812 |" in lines
    assert lines[-1] == "- `c`: too short"
    assert not any(line.startswith("| b | 12 |") for line in lines)


def test_the_best_baseline_is_none_of_other_packages() -> None:
    assert RESULTS[1].best_baseline == 1.0
    assert SeriesResult("c", 9, None, 2, {}, {"drift": 3.0, "automatic ETS": 1.0}).best_baseline == 3.0
    assert RESULTS[0].model(PROPOSED) == pytest.approx(1.0)
