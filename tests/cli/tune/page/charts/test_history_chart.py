import re

from stages.cli.tune.page.charts.history_chart import history_chart
from stages.cli.tune.page.study_trials import StudyTrials
from tests.cli.tune.page.example_studies import all_failed, many_trials, no_trials, study, trial
from tests.cli.tune.page.read_svg import drawn, paths


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


def test_many_trials_are_drawn_smaller() -> None:
    assert 'class="chart dense"' in drawn(history_chart(StudyTrials(many_trials())))


def test_nothing_to_draw() -> None:
    assert history_chart(StudyTrials(all_failed())) is None
    assert history_chart(StudyTrials(no_trials())) is None
