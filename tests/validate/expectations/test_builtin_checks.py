import numpy as np
import pandas as pd

from stages.core.artefacts.raw import Images, Table
from stages.validate.expectations.builtin_checks import alike, filled, finite, forms


def test_a_split_without_rows() -> None:
    assert filled({"train": 3, "test": 1}).passed
    outcome = filled({"train": 3, "test": 0})
    assert (outcome.passed, outcome.problem) == (False, "split test has no rows")


def test_splits_that_do_not_match() -> None:
    train = pd.DataFrame({"a": [1], "b": ["x"], "c": [1.5]})
    test = pd.DataFrame({"a": [1.5], "b": [2], "d": [1]})
    outcome = alike(forms(Table({"train": train, "test": test})))
    assert not outcome.passed
    assert outcome.problem == (
        "split test has b as number, train has it as text; "
        "split test has c not at all, train has it as number; "
        "split test has d as number, train has it not at all"
    )


def test_whole_and_broken_numbers_match_and_so_does_a_column_of_gaps() -> None:
    train = pd.DataFrame({"a": [1], "b": ["x"], "c": pd.Categorical(["u"])})
    test = pd.DataFrame({"a": [1.5], "b": [np.nan], "c": ["u"]})
    assert alike(forms(Table({"train": train, "test": test}))).passed


def test_pictures_of_two_sizes() -> None:
    none = np.array([0])
    small, large = np.zeros((1, 2, 2), np.uint8), np.zeros((1, 3, 3), np.uint8)
    outcome = alike(forms(Images({"train": small, "test": large}, {"train": none, "test": none}, ["a"])))
    assert outcome.problem == "split test has images as uint8 [3, 3], train has it as uint8 [2, 2]"


def test_infinities_are_found_wherever_they_are() -> None:
    frame = pd.DataFrame({"a": [1.0, np.inf, 2.0], "b": [-np.inf, 1.0, np.nan], "c": [1, 2, 3], "d": ["x", "y", "z"]})
    outcome = finite(frame, limit=1)
    assert (outcome.passed, outcome.unexpected, outcome.rows) == (False, 2, [0])
    assert outcome.columns == ["a", "b"]
    assert finite(frame[["c", "d"]], limit=1).passed
