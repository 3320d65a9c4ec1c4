from typing import Any

import pytest
from pydantic import ValidationError

from stages.core.parameters.validation_errors import parameter_errors, type_adapter
from stages.preprocess.params import Preprocess

CHRONOLOGICAL = {"order": "chronological"}


def errors(**params: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        type_adapter(Preprocess).validate_python({"split": {}} | params)
    return [str(error) for error in parameter_errors(Preprocess, caught.value, ("preprocess",))]


BACKTEST = {"folds": 3, "step": 8}
DROP = {"step": "drop_outliers", "above": 3}


@pytest.mark.parametrize(
    ("params", "start", "end"),
    [
        *(
            (
                {"split": {"order": order}, "window": {"length": 3}},
                f": split.order {order} ",
                "chronological or test_first",
            )
            for order in ("shuffled", "stratified")
        ),
        ({"split": CHRONOLOGICAL, "window": {"length": 3}, "steps": [DROP]}, ": drop_outliers ", ""),
        *(({"split": {"test": size}}, ".split.test: should be ", f"received {size}") for size in (1.0, -0.1, -3, 1.5)),
        (
            {"split": {"test": 0.5, "validation": 0.5}},
            ".split: test 0.5 and validation 0.5 leave no rows",
            "",
        ),
        *(
            ({"target_steps": [{"step": step}]}, f".target_steps[0].step: received '{step}'; ", "")
            for step in ("l2", "drop_outliers")
        ),
        ({"split": CHRONOLOGICAL, "backtest": BACKTEST}, ": backtest is for windows", "take backtest out"),
        (
            {"split": {"order": "test_first"}, "window": {"length": 3}, "backtest": BACKTEST},
            ": backtest needs split.order chronological",
            "received order test_first",
        ),
        (
            {"split": CHRONOLOGICAL | {"test": "given"}, "window": {"length": 3}, "backtest": BACKTEST},
            ": backtest divides the rows of one series, but split.test is given",
            "take backtest out",
        ),
        (
            {"split": CHRONOLOGICAL | {"validation": "given"}, "window": {"length": 3}, "backtest": BACKTEST},
            ": backtest divides the rows of one series, but split.validation is given",
            "take backtest out",
        ),
        (
            {"split": CHRONOLOGICAL, "window": {"length": 3, "horizon": 9}, "backtest": BACKTEST},
            ": backtest.step 8 is less than window.horizon 9",
            "use a step of 9 or more",
        ),
        *(
            (
                {"split": CHRONOLOGICAL, "window": {"length": 1}, key: [{"step": step}]},
                f": {key}: after {step}, every window of one row is 0",
                "use window.length 2 or more",
            )
            for key, step in (
                ("steps", "relative_to_last"),
                ("steps", "normalize_window"),
                ("target_steps", "normalize_window"),
            )
        ),
        ({"split": {}, "backtest": {"folds": 1, "step": 8}}, ".backtest.folds: should be greater", "received 1"),
        ({"split": {"order": "hash"}}, ".split: order hash needs key", "`key: id`"),
        ({"split": {"key": "id"}}, ".split: key needs order hash", "there is no order, which is shuffled then"),
        (
            {"split": {"by": "day"}},
            ".split: by needs order chronological or test_first",
            "there is no order, which is shuffled then",
        ),
        (
            {"split": {"order": "hash", "key": "id", "test": 30}},
            ".split: order hash takes fractions",
            "received test: 30",
        ),
        ({"split": {"order": "hash", "key": ["a", "b", "a"]}}, ".split: key names a more than once", ""),
        ({"split": {"order": "hash", "key": []}}, ".split.key: should have at least 1 item", ""),
        (
            {"split": {"order": "hash", "key": "id"}, "window": {"length": 3}},
            ": split.order hash breaks the order of a series",
            "chronological or test_first",
        ),
        (
            {"split": CHRONOLOGICAL | {"by": "day"}, "window": {"length": 3}},
            ": split.by takes rows out of the order of a series",
            "",
        ),
        ({"columns": {"a": "weight", "b": "weight"}}, ": columns a, b have kind weight; only one may", ""),
        ({"columns": {"a": "group", "b": "group"}}, ": columns a, b have kind group; only one may", ""),
        ({"columns": {"a": "wieght"}}, ".columns.a.kind: received 'wieght'; did you mean weight?", ""),
        (
            {"columns": {"patient": "group"}, "split": CHRONOLOGICAL},
            ": columns.patient: groups cannot be split in order chronological",
            "use shuffled, stratified or `split: {order: hash, key: patient}`, which keeps groups together too",
        ),
        (
            {"columns": {"patient": "group"}, "split": CHRONOLOGICAL, "window": {"length": 3}},
            ": columns.patient: the rows of a group are not a series",
            "",
        ),
        ({"columns": {"w": "weight"}, "targets": "w"}, ": columns.w: kind weight: w is a target", ""),
        ({"columns": {"w": "weight"}, "inputs": ["w"]}, ": columns.w: kind weight: w is among the inputs", ""),
        ({"split": {"order": "hash", "key": "id"}, "targets": ["id"]}, ": split.key: id is a target", ""),
        ({"split": CHRONOLOGICAL | {"by": "day"}, "targets": {"y": "day"}}, ": split.by: day is a target", ""),
        ({"steps": [{"step": "l2", "axis": 0}]}, ".steps[0].axis: should be ", "received 0"),
        ({"split": CHRONOLOGICAL, "window": {"length": 0}}, ".window.length: should be ", "received 0"),
        (
            {"split": CHRONOLOGICAL, "window": {"length": 2, "stride": "2"}},
            ".window.stride: should be ",
            "received '2'",
        ),
        ({"words": {"vocabulary_size": 1}}, ".words.vocabulary_size: should be ", "received 1"),
        ({"words": {"vocabulary_size": 100, "unknown_id": 100}}, ".words: unknown_id 100 ", ""),
    ],
)
def test_values_that_are_refused(params: dict[str, Any], start: str, end: str) -> None:
    [text] = errors(**params)
    assert text.startswith(f"preprocess{start}")
    assert text.endswith(end)


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
