from typing import Any

import pandas as pd
import pytest

from stages.core.artefacts.raw.raw_data import Table
from stages.core.errors import UserError
from stages.preprocess.inputs.select_columns import ColumnNames, select_columns
from stages.preprocess.params import Preprocess

SERIES = {"split": {"order": "chronological"}, "window": {"length": 1}}


def select(*columns: str, time: str | None = None, **params: Any) -> tuple[ColumnNames, ColumnNames]:
    table = Table({"all": pd.DataFrame(columns=list(columns))}, time=time)
    return select_columns(Preprocess.model_validate({"split": {}} | params), table)


def error(*columns: str, **params: Any) -> str:
    with pytest.raises(UserError) as caught:
        select(*columns, **params)
    return str(caught.value)


@pytest.mark.parametrize(
    ("params", "inputs", "targets"),
    [
        ({"targets": "close"}, {"x": ["open"]}, {"close": ["close"]}),
        ({"targets": "close"} | SERIES, {"x": ["open", "close"]}, {"close": ["close"]}),
        ({"inputs": ["open"], "targets": ["close", "day"]}, {"x": ["open"]}, {"y": ["close", "day"]}),
        (
            {"inputs": {"left": ["open"], "right": ["open"]}, "targets": {"price": "close", "both": ["close", "day"]}},
            {"left": ["open"], "right": ["open"]},
            {"price": ["close"], "both": ["close", "day"]},
        ),
    ],
)
def test_columns_of_inputs_and_targets(params: dict[str, Any], inputs: ColumnNames, targets: ColumnNames) -> None:
    """By default, inputs are all columns but time and the targets; windows have the targets too."""
    assert select("day", "open", "close", time="day", **params) == (inputs, targets)


def test_all_unknown_names_are_reported() -> None:
    text = error(
        "open", "mood", inputs=["opne", "mood"], targets="modo", labels={"moood": "integer", "modo": "one_hot"}
    )
    assert text.splitlines() == [
        "preprocess.inputs: no column 'opne'; did you mean open?",
        "preprocess.targets: no column 'modo'; did you mean mood?",
        "preprocess.labels: no target 'moood'; did you mean modo?",
    ]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, "preprocess.targets: missing; name the column to predict"),
        ({"inputs": [], "targets": "close"}, "preprocess.inputs: no column for x"),
        ({"inputs": {"a": []}, "targets": "close"}, "preprocess.inputs: no column for a"),
        ({"inputs": {}, "targets": "close"}, "preprocess.inputs: names no column"),
        ({"targets": []}, "preprocess.targets: no column for y"),
        ({"targets": {}}, "preprocess.targets: names no column"),
        ({"targets": ["open", "close"]}, "preprocess.inputs: no column for x"),
    ],
)
def test_no_inputs_or_no_targets(params: dict[str, Any], expected: str) -> None:
    assert error("open", "close", **params) == expected


@pytest.mark.parametrize("name", ["price/m2", "../close", "the close", "größe", "a:b", "", ".hidden"])
def test_a_name_that_no_file_or_layer_can_have(name: str) -> None:
    text = error("open", name, targets=name)
    assert text.startswith(f"preprocess.targets: {name!r} cannot name a file and a layer;")
    assert f"`targets: {{price: {name}}}`" in text
    assert select("open", name, targets={"price": name})[1] == {"price": [name]}
    assert f"`inputs: {{size: [{name}]}}`" in error("open", inputs={name: ["open"]}, targets="open", **SERIES)


def test_an_input_and_a_target_of_one_name() -> None:
    """Keras refuses two layers of one name with a traceback."""
    text = error("open", "x", targets="x")
    assert text.startswith("preprocess.targets: 'x' is the name of an input;")
    assert "`targets: {y: x}`" in text
