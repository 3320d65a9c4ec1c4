import numpy as np

from stages.report.samples.choose_samples import choose_samples


def test_samples_are_of_each_class_in_turn() -> None:
    assert choose_samples(12, np.array([0] * 10 + [1, 2]), 5) == [0, 10, 11, 1, 2]
    assert choose_samples(12, None, 1) == [0]
    assert choose_samples(0, None, 5) == []
