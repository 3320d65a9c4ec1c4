from typing import Any

import pytest
from pydantic import TypeAdapter

from stages.core.artefacts.windows import Window
from stages.preprocess.params import Step
from stages.preprocess.steps.series_steps import DividedSteps, check_series_steps, divide_steps

WINDOW = Window(length=4, season=12)


def steps(*names: str | dict[str, Any]) -> list[Any]:
    params = [{"step": name} if isinstance(name, str) else name for name in names]
    return TypeAdapter(list[Step]).validate_python(params)


def divided(*names: str | dict[str, Any]) -> DividedSteps:
    return divide_steps(steps(*names), WINDOW)


def test_scalers_belong_to_rows_until_a_step_changes_each_window() -> None:
    found = divided("log", "standard", "relative_to_last", "standard")
    assert [step.step for step in found.rows] == ["log", "standard"]
    assert [step.step for step in found.windows] == ["relative_to_last", "standard"]


def test_a_log_return_is_a_logarithm_and_a_difference_of_the_same_columns() -> None:
    logarithm, difference = divided({"step": "log_return", "columns": ["price"]}).rows
    assert (logarithm.step, difference.step) == ("log", "difference")
    assert getattr(logarithm, "columns", None) == getattr(difference, "columns", None) == ["price"]


@pytest.mark.parametrize(
    ("names", "rows"),
    [
        (["standard"], 0),
        (["log", "relative_to_last"], 0),
        (["log_return"], 1),
        (["seasonal_difference"], 12),
        ([{"step": "seasonal_difference", "period": 7}, "difference"], 8),
        ([{"step": "lags", "rows": [1, 5]}, {"step": "rolling", "rows": 3}], 7),
    ],
)
def test_the_rows_before_a_row_that_its_steps_need(names: list[Any], rows: int) -> None:
    assert divided(*names).lookback == rows


@pytest.mark.parametrize(
    ("key", "names", "window", "message"),
    [
        ("steps", ["difference"], None, "difference is for windows of a series"),
        ("steps", ["seasonal_difference"], Window(length=4), "needs period, or window.season"),
        ("steps", ["relative_to_last", "log"], WINDOW, "log is for rows"),
        ("steps", ["relative_to_last", {"step": "divide", "by": 2.0}], WINDOW, "divide is for rows"),
        ("steps", ["relative_to_last", "standard", "normalize_window"], WINDOW, "before the scalers of windows"),
        ("target_steps", ["difference"], Window(length=4, horizon=2), "difference over 1 row cannot be undone"),
        (
            "target_steps",
            ["seasonal_difference"],
            Window(length=4, horizon=13, season=12),
            "over 12 rows cannot be undone for the row 13 rows ahead",
        ),
    ],
)
def test_steps_that_do_not_fit(key: str, names: list[str], window: Window | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_series_steps(key, steps(*names), window)


@pytest.mark.parametrize(
    ("key", "names", "window"),
    [
        ("steps", ["log", "standard"], None),
        ("steps", ["difference"], Window(length=4, horizon=2)),
        ("target_steps", ["difference"], Window(length=4, horizon=2, steps="all")),
        ("target_steps", ["seasonal_difference"], Window(length=4, horizon=12, season=12)),
        ("target_steps", ["relative_to_last", "standard"], Window(length=4, horizon=2)),
    ],
)
def test_steps_that_fit(key: str, names: list[str], window: Window | None) -> None:
    check_series_steps(key, steps(*names), window)
