import re

from stages.cli.tune.page.charts.parallel_coordinates import parallel_coordinates
from stages.cli.tune.page.study_trials import StudyTrials
from stages.cli.tune.study import Choices, NumberRange
from tests.cli.tune.page.example_studies import all_failed, many_trials, no_trials, study, trial
from tests.cli.tune.page.read_svg import classes, drawn, paths

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


def test_better_trials_have_stronger_lines_and_are_drawn_later() -> None:
    trials = [trial(n, n / 10, values=values(0.01, "[8]")) for n in range(10)]
    found = classes(drawn(parallel_coordinates(StudyTrials(study(trials, ranges=RANGES)))), "curve")
    assert found[0] == "curve quarter4"
    assert found[-3:] == ["curve quarter1", "curve default", "curve best"]


def test_many_trials_have_thinner_lines() -> None:
    assert 'class="chart dense"' in drawn(parallel_coordinates(StudyTrials(many_trials())))


def test_nothing_to_draw() -> None:
    assert parallel_coordinates(StudyTrials(all_failed())) is None
    assert parallel_coordinates(StudyTrials(no_trials())) is None
