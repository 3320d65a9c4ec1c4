from typing import Any

import pytest
from pydantic import ValidationError

from stages.core.validation_errors import parameter_errors, type_adapter
from stages.preprocess.params import Preprocess

CHRONOLOGICAL = {"order": "chronological"}


def errors(**params: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        type_adapter(Preprocess).validate_python({"split": {}} | params)
    return [str(error) for error in parameter_errors(Preprocess, caught.value, ("preprocess",))]


@pytest.mark.parametrize("order", ["shuffled", "stratified"])
def test_windows_need_rows_in_order(order: str) -> None:
    [text] = errors(split={"order": order}, window={"length": 3})
    assert text.startswith(f"preprocess: split.order {order} ")
    assert text.endswith("use chronological or test_first")


def test_windows_need_all_rows() -> None:
    [text] = errors(split=CHRONOLOGICAL, window={"length": 3}, steps=[{"step": "drop_outliers", "above": 3}])
    assert text.startswith("preprocess: drop_outliers ")


@pytest.mark.parametrize(
    ("inputs", "targets"),
    [(["a", "y"], "y"), (["a", "y"], ["y"]), ({"x": ["a"], "z": ["y"]}, {"other": ["b", "y"]}), (["y"], {"out": "y"})],
)
def test_a_target_is_not_an_input(inputs: Any, targets: Any) -> None:
    assert errors(inputs=inputs, targets=targets) == [
        "preprocess: inputs name the target 'y'; take it out of the inputs"
    ]
    windows = {"split": CHRONOLOGICAL, "window": {"length": 3}}
    assert Preprocess.model_validate({"inputs": inputs, "targets": targets} | windows).inputs == inputs


@pytest.mark.parametrize("size", [1.0, -0.1, -3, 1.5])
def test_a_split_size_out_of_range(size: float) -> None:
    [text] = errors(split={"test": size})
    assert text.startswith("preprocess.split.test: should be ")
    assert text.endswith(f"received {size}")


def test_fractions_that_leave_no_training_rows() -> None:
    [text] = errors(split={"test": 0.5, "validation": 0.5})
    assert text.startswith("preprocess.split: test 0.5 and validation 0.5 leave no rows")


def test_misspelt_values_and_keys() -> None:
    steps = [{"step": "standart"}, {"step": "minmax", "colums": ["a"]}]
    assert errors(split={"test": "gven", "order": "shufled"}, steps=steps, labels="onehot", window={"lenght": 2}) == [
        "preprocess.labels: received 'onehot'; did you mean one_hot?",
        "preprocess.split.test: received 'gven'; did you mean given?",
        "preprocess.split.order: received 'shufled'; did you mean shuffled?",
        "preprocess.steps[0].step: received 'standart'; did you mean standard?",
        "preprocess.steps[1].colums: unknown key; did you mean columns?",
        "preprocess.window.length: missing; it has no default",
        "preprocess.window.lenght: unknown key; did you mean length?",
    ]


@pytest.mark.parametrize("step", ["l2", "drop_outliers"])
def test_steps_of_a_target_have_an_inverse(step: str) -> None:
    [text] = errors(target_steps=[{"step": step}])
    assert text.startswith(f"preprocess.target_steps[0].step: received '{step}'; ")


@pytest.mark.parametrize(
    ("params", "key", "received"),
    [
        ({"steps": [{"step": "l2", "axis": 0}]}, "steps[0].axis", 0),
        ({"split": CHRONOLOGICAL, "window": {"length": 0}}, "window.length", 0),
        ({"split": CHRONOLOGICAL, "window": {"length": 2, "stride": "2"}}, "window.stride", "'2'"),
        ({"words": {"vocabulary_size": 1}}, "words.vocabulary_size", 1),
    ],
)
def test_values_out_of_range(params: dict[str, Any], key: str, received: Any) -> None:
    [text] = errors(**params)
    assert text.startswith(f"preprocess.{key}: should be ")
    assert text.endswith(f"received {received}")


def test_the_unknown_id_is_below_most() -> None:
    [text] = errors(words={"vocabulary_size": 100, "unknown_id": 100})
    assert text.startswith("preprocess.words: unknown_id 100 ")
