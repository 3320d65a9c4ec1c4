"""The history, the learning chart and the parallel coordinates: what is drawn, and where."""

import re

from markupsafe import Markup

from stages.cli.tune.page.history_chart import history_chart
from stages.cli.tune.page.learning_chart import learning_chart
from stages.cli.tune.page.parallel_coordinates import parallel_coordinates
from stages.cli.tune.page.study_trials import StudyTrials
from stages.cli.tune.study import Choices, NumberRange
from stages.report.charts.svg import Chart
from tests.cli.tune.page.example_studies import all_failed, many_trials, no_trials, one_trial, study, trial

RUNGS = {2: 0.5, 6: 0.6}


def drawn(chart: Chart | None) -> Markup:
    assert chart is not None
    return chart.svg


def classes(svg: Markup, prefix: str) -> list[str]:
    return re.findall(rf'class="({prefix}[^"]*)"', svg)


def paths(svg: Markup, css_class: str) -> list[list[tuple[float, float]]]:
    """The points of each path with this class."""
    found = re.findall(rf'<path class="{css_class}" d="([^"]*)"', svg)
    return [[(float(x), float(y)) for x, y in re.findall(r"([\d.-]+) ([\d.-]+)", data)] for data in found]


def test_states_differ_in_shape() -> None:
    trials = [trial(0, 0.5), trial(1, 0.4, state="stopped"), trial(2, None), trial(3, 0.6)]
    svg = drawn(history_chart(StudyTrials(study(trials))))
    assert re.findall(r'<(\w+) class="(trial-\w+)"', svg) == [
        ("circle", "trial-complete"), ("path", "trial-stopped"), ("path", "trial-failed"),
        ("circle", "trial-complete"), ("circle", "trial-best"),
    ]  # fmt: skip
    assert "best: trial 3" in svg


def test_the_best_so_far_counts_complete_trials_only() -> None:
    trials = [trial(0, 0.5), trial(1, 0.9, state="stopped"), trial(2, 0.7), trial(3, 0.6)]
    [line] = paths(drawn(history_chart(StudyTrials(study(trials)))), "line accent")
    heights = [y for _, y in line]
    assert len(line) == 4  # it begins, goes on until trial 2, goes up there, and ends
    assert heights[0] == heights[1] > heights[2] == heights[3]


def test_the_best_so_far_goes_down_where_lower_is_better() -> None:
    trials = [trial(0, 0.5), trial(1, 0.7), trial(2, 0.4)]
    [line] = paths(drawn(history_chart(StudyTrials(study(trials, better="lower")))), "line accent")
    assert line[-1][1] > line[0][1]


def test_the_legend_names_the_states_that_there_are() -> None:
    chart = history_chart(StudyTrials(study([trial(0, 0.5), trial(1, None)])))
    assert chart is not None
    assert [name for _, name in chart.legend] == ["complete", "failed", "best so far"]


def test_nothing_to_draw() -> None:
    for result in (all_failed(), no_trials()):
        trials = StudyTrials(result)
        assert (history_chart(trials), learning_chart(trials), parallel_coordinates(trials)) == (None, None, None)


def test_a_curve_for_each_trial_with_rungs() -> None:
    stopped = trial(2, 0.55, state="stopped", rungs={2: 0.4, 6: 0.55})
    trials = [trial(0, 0.7, rungs=RUNGS), trial(1, 0.8, rungs=RUNGS), stopped, trial(3, None)]
    svg = drawn(learning_chart(StudyTrials(study(trials))))
    assert classes(svg, "curve") == ["curve", "curve default", "curve best"]
    assert [len(points) for points in paths(svg, "curve")] == [2]
    assert [len(points) for points in paths(svg, "curve best")] == [3]
    assert classes(svg, "trial-") == ["trial-stopped", "trial-complete", "trial-complete"]


def test_rungs_have_the_same_distance_if_each_is_a_multiple_of_the_one_before() -> None:
    """The end of a complete trial is the last point."""
    result = study([trial(0, 0.7, rungs=RUNGS, epochs=18)])
    [points] = paths(drawn(learning_chart(StudyTrials(result))), "curve best")
    (first, _), (second, _), (third, _) = points
    assert abs((second - first) - (third - second)) <= 0.2


def test_a_trial_whose_early_stopping_was_before_a_rung() -> None:
    trials = [trial(0, 0.7, rungs=RUNGS), trial(1, 0.6, rungs={2: 0.4}, epochs=4)]
    [points] = paths(drawn(learning_chart(StudyTrials(study(trials)))), "curve")
    assert len(points) == 2


def test_one_value_is_no_curve() -> None:
    assert learning_chart(StudyTrials(one_trial())) is None


RANGES = {
    "train.rate": NumberRange(kind="float", low=0.001, high=0.1, log=True),
    "train.units": Choices(values=["[8]", "[64, 32]", "[4]"]),
}


def values(rate: float, units: str) -> dict[str, float | str]:
    return {"train.rate": rate, "train.units": units}


def test_a_line_crosses_each_axis_at_its_value() -> None:
    trials = [trial(0, 0.0, values=values(0.001, "[4]")), trial(1, 1.0, values=values(0.01, "[64, 32]"))]
    svg = drawn(parallel_coordinates(StudyTrials(study(trials, ranges=RANGES))))
    [default], [best] = paths(svg, "curve default"), paths(svg, "curve best")
    low, high = default[0][1], best[2][1]
    middle = (low + high) / 2
    assert [y for _, y in default] == [low, low, low]
    assert [y for _, y in best] == [middle, middle, high]
    assert [x for x, _ in default] == [x for x, _ in best]


def test_stopped_and_failed_trials_have_no_line() -> None:
    trials = [
        trial(0, 0.5, values=values(0.01, "[8]")),
        trial(1, 0.4, values=values(0.01, "[4]"), state="stopped"),
        trial(2, None, values=values(0.01, "[4]")),
        trial(3, 0.3, values=values(0.02, "[4]")),
    ]
    assert len(classes(drawn(parallel_coordinates(StudyTrials(study(trials, ranges=RANGES)))), "curve")) == 2


def test_a_gap_where_a_trial_has_no_value() -> None:
    trials = [trial(0, 0.5, values={"train.rate": 0.01}), trial(1, 0.4, values=values(0.02, "[8]"))]
    [path] = re.findall(
        r'<path class="curve best" d="([^"]*)"', drawn(parallel_coordinates(StudyTrials(study(trials, ranges=RANGES))))
    )
    assert path.count("M") == 2


def test_better_trials_have_stronger_lines_and_drawn_later() -> None:
    trials = [trial(n, n / 10, values=values(0.01, "[8]")) for n in range(10)]
    found = classes(drawn(parallel_coordinates(StudyTrials(study(trials, ranges=RANGES)))), "curve")
    assert found[0] == "curve quarter4"
    assert found[-3:] == ["curve quarter1", "curve default", "curve best"]


def test_many_trials_have_thinner_lines() -> None:
    trials = StudyTrials(many_trials())
    for chart in (history_chart(trials), learning_chart(trials), parallel_coordinates(trials)):
        assert 'class="chart dense"' in drawn(chart)
