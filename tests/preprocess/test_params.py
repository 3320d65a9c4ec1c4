from typing import Any

import pytest
from pydantic import ValidationError

from stages.core.validation_errors import parameter_errors, type_adapter
from stages.preprocess.params import Preprocess


def told(**params: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        type_adapter(Preprocess).validate_python({"split": {}} | params)
    return [str(p) for p in parameter_errors(Preprocess, caught.value, ("preprocess",))]


@pytest.mark.parametrize("order", ["shuffled", "stratified"])
def test_a_series_is_not_torn_apart(order: str) -> None:
    assert told(split={"order": order}, window={"length": 3}) == [
        f"preprocess: split.order {order} tears a series apart; use chronological or first"
    ]


def test_windows_have_no_gaps() -> None:
    split = {"order": "chronological"}
    assert told(split=split, window={"length": 3}, steps=[{"step": "drop_outliers", "above": 3}]) == [
        "preprocess: drop_outliers would leave gaps in the windows; take it out"
    ]


@pytest.mark.parametrize(
    ("inputs", "targets"),
    [(["a", "y"], "y"), (["a", "y"], ["y"]), ({"x": ["a"], "z": ["y"]}, {"other": ["b", "y"]}), (["y"], {"out": "y"})],
)
def test_a_target_is_not_among_the_inputs(inputs: Any, targets: Any) -> None:
    assert told(inputs=inputs, targets=targets) == [
        "preprocess: inputs name 'y', which is to be predicted; take it out of them"
    ]


def test_windows_may_have_the_past_of_the_target() -> None:
    window = {"split": {"order": "chronological"}, "window": {"length": 3}}
    assert Preprocess.model_validate({"inputs": ["a", "y"], "targets": "y"} | window).inputs == ["a", "y"]


@pytest.mark.parametrize("share", [1.0, -0.1, -3, 1.5])
def test_a_share_of_more_than_all_or_less_than_nothing(share: float) -> None:
    [text] = told(split={"test": share})
    assert text.startswith("preprocess.split.test: should be ")
    assert text.endswith(f"received {share}")


def test_a_misspelt_share_step_label_and_order() -> None:
    steps = [{"step": "standart"}, {"step": "minmax", "colums": ["a"]}]
    assert told(split={"test": "gven", "order": "shufled"}, steps=steps, labels="onehot") == [
        "preprocess.labels: received 'onehot'; did you mean one_hot?",
        "preprocess.split.test: received 'gven'; did you mean given?",
        "preprocess.split.order: received 'shufled'; did you mean shuffled?",
        "preprocess.steps[0].step: received 'standart'; did you mean standard?",
        "preprocess.steps[1].colums: unknown key; did you mean columns?",
    ]


@pytest.mark.parametrize("step", ["l2", "drop_outliers"])
def test_a_target_is_only_scaled_in_ways_that_can_be_undone(step: str) -> None:
    [text] = told(target_steps=[{"step": step}])
    assert text.startswith(f"preprocess.target_steps[0].step: received '{step}'; ")


def test_l2_never_mixes_rows() -> None:
    [text] = told(steps=[{"step": "l2", "axis": 0}])
    assert text == "preprocess.steps[0].axis: should be greater than or equal to 1; received 0"


def test_the_word_for_the_rare_ones_is_one_of_those_that_count() -> None:
    assert told(words={"most": 100, "rare": 100}) == [
        "preprocess.words: rare 100 must be one of the ids below most, 100"
    ]
    assert told(words={"most": 1}) == ["preprocess.words.most: should be greater than or equal to 2; received 1"]
    assert told(words={"mots": 100}) == [
        "preprocess.words.most: missing; it has no default",
        "preprocess.words.mots: unknown key; did you mean most?",
    ]
