from collections.abc import Sequence
from typing import get_args

import pytest

from stages.core.artefacts.processed import Fitted, InputSpec, TargetSpec
from stages.core.artefacts.windows import Window
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.scaling import FittedStep, LinearScaling, UnitLength
from stages.core.columns.scaling_params import Scaler
from stages.core.columns.series.row_steps import FittedDifference, FittedLags, FittedLog, FittedRolling
from stages.core.columns.series.window_steps import FittedNormalizeWindow, FittedRelativeToLast, FittedWindowStep
from stages.report.sections.forecasts.window_notes import describe_step, window_notes

STEPS: list[tuple[FittedStep | FittedWindowStep, str]] = [
    (FittedLog(plus=1.0), "plus 1"),
    (FittedDifference(lag=1), "row before"),
    (FittedDifference(name="seasonal_difference", lag=12), "12 rows before"),
    (FittedLags(rows=[1, 7]), "1, 7 rows before"),
    (FittedRolling(rows=5, statistics=["mean", "std"]), "mean and standard deviation of the last 5 rows"),
    (FittedRelativeToLast(), "last value of each window"),
    (FittedNormalizeWindow(), "mean of each window"),
    (UnitLength(axis=1), "length one"),
    (LinearScaling(name="divide", offset=[0.0], scale=[255.0]), "by 255"),
    (LinearScaling(name="standard", offset=[3.0], scale=[2.0]), "minus its mean"),
    (LinearScaling(name="robust", offset=[0.0], scale=[2.0]), "divided by the range"),
    (LinearScaling(name="maxabs", offset=[0.0], scale=[2.0]), "largest absolute value"),
    (FittedDifference(lag=1, positions=[1]), "(close)"),
]
STANDARD = LinearScaling(name="standard", offset=[0.0], scale=[2.0])


def fitted(window: Window | None, steps: Sequence[FittedStep], window_steps: Sequence[FittedWindowStep] = ()) -> Fitted:
    column = NumberColumns(columns=["close"], steps=[*steps])
    return Fitted(
        inputs={"x": InputSpec(column=column, shape=[24, 1], window_steps=[*window_steps])},
        targets={"close": TargetSpec(column=column, window_steps=[*window_steps])},
        splits={},
        window=window,
    )


def test_length_horizon_steps_season_and_stride_are_told() -> None:
    window, season = window_notes(fitted(Window(length=24, horizon=12, steps="all", season=7, stride=2), []))
    for fact in ("24 rows", "All 12 rows after it", "2 rows later"):
        assert fact in window
    assert "7 rows" in season
    (window,) = window_notes(fitted(Window(length=24, horizon=12), []))
    assert "row is 12 rows after the window" in window


def test_the_transformations_are_in_their_order() -> None:
    steps = fitted(Window(length=24), [FittedLog()], [FittedRelativeToLast(), STANDARD])
    _, of_input, of_target = window_notes(steps)
    words = ["logarithm", "last value of each window", "divided by its standard deviation"]
    for note, name in ((of_input, "Input x"), (of_target, "Target close")):
        assert note.startswith(name)
        places = [note.index(word) for word in words]
        assert places == sorted(places)


def test_without_windows_there_are_no_notes() -> None:
    assert list(window_notes(fitted(None, [STANDARD]))) == []


@pytest.mark.parametrize(("step", "fact"), STEPS)
def test_a_step_in_words(step: FittedStep | FittedWindowStep, fact: str) -> None:
    assert fact in describe_step(step, ["open", "close"])


def test_a_scaler_that_centers_is_told_apart_from_one_that_does_not() -> None:
    assert "mean" not in describe_step(STANDARD, ["close"])


def test_every_step_is_tested() -> None:
    classes = {each for union in (FittedStep, FittedWindowStep) for each in get_args(get_args(union)[0])}
    assert {type(step) for step, _ in STEPS} == classes


def test_all_scalers_of_conf_have_words() -> None:
    for name in get_args(Scaler.model_fields["step"].annotation):
        assert describe_step(LinearScaling(name=name, offset=[1.0], scale=[2.0]), ["close"])
