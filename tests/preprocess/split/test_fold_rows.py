"""The rows of the folds of a backtest."""

from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from stages.core.errors import UserError
from stages.preprocess.params import Preprocess
from stages.preprocess.split.fold_rows import FoldRows, fold_rows


def folds(rows: int, backtest: dict[str, Any], window: dict[str, Any], validation: Any = 0, **more: Any) -> Any:
    split = {"order": "chronological", "validation": validation}
    params = {"split": split, "window": window, "backtest": backtest} | more
    return fold_rows(Preprocess.model_validate(params), {"all": rows})


def error(rows: int, backtest: dict[str, Any], window: dict[str, Any], **more: Any) -> str:
    with pytest.raises(UserError) as caught:
        folds(rows, backtest, window, **more)
    return str(caught.value)


def test_an_expanding_origin_trains_on_all_rows_before() -> None:
    assert folds(100, {"folds": 3, "step": 10}, {"length": 5}, validation=0.2) == [
        {"train": range(56), "validation": range(56, 70), "test": range(70, 80)},
        {"train": range(64), "validation": range(64, 80), "test": range(80, 90)},
        {"train": range(72), "validation": range(72, 90), "test": range(90, 100)},
    ]


def test_a_sliding_origin_trains_on_as_many_rows_in_each_fold() -> None:
    assert folds(100, {"folds": 3, "step": 10, "origin": "sliding"}, {"length": 5}) == [
        {"train": range(70), "test": range(70, 80)},
        {"train": range(10, 80), "test": range(80, 90)},
        {"train": range(20, 90), "test": range(90, 100)},
    ]


def test_without_a_backtest_there_are_no_folds() -> None:
    assert fold_rows(Preprocess.model_validate({"split": {}}), {"all": 5}) == []


@settings(deadline=None, derandomize=True)
@given(data=st.data())
def test_the_last_rows_are_tested_once_and_training_comes_before(data: Any) -> None:
    backtest = {
        "folds": data.draw(st.integers(2, 6)),
        "step": data.draw(st.integers(1, 8)),
        "origin": data.draw(st.sampled_from(["expanding", "sliding"])),
    }
    rows = data.draw(st.integers(4, 80))
    validation = data.draw(st.one_of(st.integers(0, 9), st.floats(0.05, 0.5)))
    try:
        found: list[FoldRows] = folds(rows, backtest, {"length": data.draw(st.integers(1, 4))}, validation)
    except UserError:
        reject()
    tested = [row for fold in found for row in fold["test"]]
    assert tested == list(range(rows - backtest["folds"] * backtest["step"], rows))
    for fold in found:
        before = [row for name in ("train", "validation") for row in fold.get(name, ())]
        assert before == list(range(before[0], fold["test"][0]))
        assert (before[0] == 0) == (backtest["origin"] == "expanding" or fold is found[0])
        assert len(before) == len(found[0]["train"]) + len(found[0].get("validation", ())) or before[0] == 0


@pytest.mark.error_case("backtest")
@pytest.mark.parametrize(
    ("rows", "more", "message"),
    [
        (
            15,
            {},
            "preprocess.backtest: 3 folds of 5 rows need 15 test rows, and rows before them, but the series has 15",
        ),
        (20, {}, "preprocess.backtest: the first fold has 5 training rows, and a window needs 6; use fewer folds"),
        (
            21,
            {"steps": [{"step": "difference"}]},
            "preprocess.backtest: the first fold has 6 training rows, and a window needs 7; use fewer folds",
        ),
        (
            40,
            {"validation": 1, "window": {"length": 4, "horizon": 2}},
            "preprocess.backtest: the first fold has 1 validation rows, and a window needs 2; use a larger",
        ),
        (20, {"validation": 5}, "preprocess.split: 5 validation of 5 rows leaves no rows to train on"),
    ],
)
def test_too_few_rows(rows: int, more: dict[str, Any], message: str) -> None:
    assert error(rows, {"folds": 3, "step": 5}, **{"window": {"length": 5}} | more).startswith(message)


@pytest.mark.error_case("backtest")
def test_several_raw_splits_are_several_series() -> None:
    params = Preprocess.model_validate(
        {"split": {"order": "chronological"}, "window": {"length": 5}, "backtest": {"folds": 2, "step": 5}}
    )
    with pytest.raises(UserError, match="the data have train, test, each a series of its own; use data of one split"):
        fold_rows(params, {"train": 50, "test": 20})


def test_the_smallest_series_has_one_training_window() -> None:
    [first, _, _] = folds(21, {"folds": 3, "step": 5}, {"length": 5})
    assert first == {"train": range(6), "test": range(6, 11)}
