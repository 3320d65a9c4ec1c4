from typing import Any

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.raw.raw_data import Images, Table
from stages.core.errors import UserError
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess

ROWS = 40
FRAME = pd.DataFrame(
    {
        "price": [float(n) for n in range(1, ROWS + 1)],
        "volume": [float(n % 7 + 1) for n in range(ROWS)],
        "shop": ["north", "south"] * (ROWS // 2),
        "day": pd.date_range("2020-01-01", periods=ROWS),
    }
)


def outputs(*steps: dict[str, Any], key: str = "steps", inputs: tuple[str, ...] = tuple(FRAME)) -> list[str]:
    """The columns of the input after these steps, or UserError."""
    params = {
        "inputs": [*inputs],
        "targets": ["price"],
        "split": {"test": 8, "order": "chronological"},
        "window": {"length": 3},
        key: list(steps),
    }
    fitted = preprocess(Table({"all": FRAME}, kind="series"), Preprocess.model_validate(params)).fitted
    found: Any = fitted.inputs["x"].column
    return list(found.outputs)


def messages(*steps: dict[str, Any], **more: Any) -> tuple[str, ...]:
    with pytest.raises(UserError) as caught:
        outputs(*steps, **more)
    return caught.value.messages


@pytest.mark.error_case("column of a step")
def test_all_unknown_columns_are_reported() -> None:
    prise, size = messages({"step": "standard", "columns": ["prise", "price", "size"]})
    assert prise == "preprocess.steps: standard names column 'prise'; did you mean price?"
    assert size.startswith("preprocess.steps: standard names column 'size';")


@pytest.mark.error_case("column of a step")
def test_steps_on_windows_are_checked_too() -> None:
    [message] = messages({"step": "relative_to_last", "columns": ["prise"]})
    assert message == "preprocess.steps: relative_to_last names column 'prise'; did you mean price?"
    [message] = messages({"step": "log_return", "columns": ["volume"]}, key="target_steps")
    assert message == "preprocess.target_steps: log_return names column 'volume'; allowed: price"


@pytest.mark.error_case("column of a step")
@pytest.mark.parametrize("column", ["shop", "day"])
@pytest.mark.parametrize("step", ["log", "lags", "normalize_window"])
def test_a_step_of_series_is_for_numbers(step: str, column: str) -> None:
    more = {"rows": [1]} if step == "lags" else {}
    [message] = messages({"step": step, "columns": [column]} | more)
    assert message == f"preprocess.steps: {step} names column {column!r}, which holds no numbers; take it out"


@pytest.mark.error_case("column of a step")
@pytest.mark.parametrize("step", ["log", "relative_to_last"])
def test_a_step_of_series_without_any_number(step: str) -> None:
    [message] = messages({"step": step}, inputs=("shop", "day"))
    assert message == f"preprocess.steps: {step} is for columns of numbers, and there are none; take it out"


@pytest.mark.error_case("column of a step")
def test_pictures_have_no_logarithm() -> None:
    images = Images({"all": np.zeros((9, 2, 2), np.uint8)}, {"all": np.arange(9) % 2}, ["a", "b"])
    params = {"labels": "integer", "split": {"test": 3}, "steps": [{"step": "log", "plus": 1.0}]}
    with pytest.raises(UserError, match="log is for columns of numbers, and there are none"):
        preprocess(images, Preprocess.model_validate(params))


def test_a_step_may_name_columns_that_an_earlier_one_adds() -> None:
    found = outputs(
        {"step": "lags", "rows": [2], "columns": ["price"]},
        {"step": "rolling", "rows": 3, "statistics": ["max"], "columns": ["price_lag_2"]},
        {"step": "standard", "columns": ["price_lag_2", "price_lag_2_max_3"]},
    )
    assert found[-2:] == ["price_lag_2", "price_lag_2_max_3"]


@pytest.mark.error_case("column of a step")
def test_a_column_is_added_once() -> None:
    first, second = {"step": "lags", "rows": [1], "columns": ["price"]}, {"step": "lags", "rows": [1]}
    [message] = messages(first, second)
    assert message == (
        "preprocess.steps: lags adds 'price_lag_1', which is there already; name each number of rows once, and "
        "restrict a later step by `columns`"
    )
    [message] = messages({"step": "rolling", "rows": 3, "statistics": ["max", "max"], "columns": ["price"]})
    assert message.startswith("preprocess.steps: rolling adds 'price_max_3', which is there already")


@pytest.mark.error_case("column of a step")
def test_an_added_column_is_unknown_before_it_is_added_and_if_no_step_adds_it() -> None:
    lags = {"step": "lags", "rows": [2], "columns": ["price"]}
    [message] = messages(lags, {"step": "standard", "columns": ["price_lag_3"]})
    assert message == "preprocess.steps: standard names column 'price_lag_3'; did you mean price_lag_2?"
    [message] = messages({"step": "log", "columns": ["price_lag_2"]}, lags)
    assert message.startswith("preprocess.steps: log names column 'price_lag_2';")
