import numpy as np

from stages.report.recorded.line_blocks import first_lines_of_classes
from stages.report.samples.choose_samples import evenly_spaced, in_turn


def test_samples_are_of_each_class_in_turn() -> None:
    classes = np.array([0] * 10 + [1, 2])
    by_class = first_lines_of_classes(12, lambda block: classes[block], 3, 5)
    assert in_turn(by_class, 5) == [0, 10, 11, 1, 2]


def test_without_classes_samples_are_evenly_spaced() -> None:
    assert evenly_spaced(12, 1) == [0]
    assert evenly_spaced(0, 5) == []
