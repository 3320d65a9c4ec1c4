from stages.cli.tune.page.charts.learning_chart import learning_chart
from stages.cli.tune.page.study_trials import StudyTrials
from tests.cli.tune.page.example_studies import all_failed, many_trials, no_trials, one_trial, study, trial
from tests.cli.tune.page.read_svg import classes, drawn, paths

RUNGS = {2: 0.5, 6: 0.6}


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


def test_many_trials_have_thinner_lines() -> None:
    assert 'class="chart dense"' in drawn(learning_chart(StudyTrials(many_trials())))


def test_nothing_to_draw() -> None:
    assert learning_chart(StudyTrials(all_failed())) is None
    assert learning_chart(StudyTrials(no_trials())) is None
