from itertools import pairwise

from stages.cli.tune.page.charts.narrow_parallel_coordinates import (
    CHARACTER,
    LEFT,
    RIGHT,
    WIDTH,
    labels_that_fit,
    narrow_parallel_coordinates,
)
from stages.cli.tune.page.charts.parallel_coordinates import axes_of
from stages.cli.tune.page.charts.parameter_axis import parameter_axis
from stages.cli.tune.page.study_trials import StudyTrials
from stages.cli.tune.study import Choices, NumberRange
from tests.cli.tune.page.example_studies import all_failed, long_choices, many_parameters, study, trial, usual
from tests.cli.tune.page.read_svg import paths

RANGES = {
    "train.rate": NumberRange(kind="float", low=0.001, high=0.1, log=True),
    "train.units": Choices(values=["[8]", "[64, 32]", "[4]"]),
}


def test_a_line_crosses_each_axis_at_its_value_from_the_top_to_the_bottom() -> None:
    trials = [
        trial(0, 0.0, values={"train.rate": 0.001, "train.units": "[4]"}),
        trial(1, 1.0, values={"train.rate": 0.01, "train.units": "[64, 32]"}),
    ]
    svg = narrow_parallel_coordinates(StudyTrials(study(trials, ranges=RANGES)))
    assert svg is not None
    [default], [best] = paths(svg, "curve default"), paths(svg, "curve best")
    middle = (LEFT + RIGHT) / 2
    assert [x for x, _ in default] == [LEFT, LEFT, LEFT]
    assert [x for x, _ in best] == [middle, middle, RIGHT]
    assert [y for _, y in default] == sorted({y for _, y in best})


def test_labels_never_overlap_and_stay_in_the_drawing() -> None:
    for result in (usual(), many_parameters(), long_choices()):
        for _, _, axis in axes_of(StudyTrials(result)):
            labels = [(start, start + CHARACTER * len(text)) for start, text, _ in labels_that_fit(axis)]
            assert labels[0][0] >= 0
            assert labels[-1][1] <= WIDTH
            assert all(end < start for (_, end), (start, _) in pairwise(labels))


def test_both_ends_have_a_label() -> None:
    choices = [f"[{number}, 1000, 1000, 1000]" for number in range(9)]
    labels = [text for _, _, text in labels_that_fit(parameter_axis(Choices(values=choices), []))]
    assert (labels[0], labels[-1]) == (choices[-1], choices[0])
    assert len(labels) < len(choices)
    assert len(labels_that_fit(parameter_axis(Choices(values=["relu"]), []))) == 1


def test_nothing_to_draw() -> None:
    assert narrow_parallel_coordinates(StudyTrials(all_failed())) is None
