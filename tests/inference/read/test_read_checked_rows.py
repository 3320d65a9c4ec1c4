"""Gaps of a series are filled with values of earlier rows, which can be in another block of the file."""

from pathlib import Path

import numpy as np
import pytest

from stages.core.artefacts.processed import Fitted, InputSpec, TargetSpec
from stages.core.artefacts.windows import Window
from stages.core.columns.column_params import NumberParams
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.features.number_feature import NumberFeature
from stages.core.columns.number_columns import NumberColumns
from stages.inference.input_schema import InputColumn, InputSchema
from stages.inference.new_rows.transform_rows import transform_rows
from stages.inference.read.csv_text.csv_rows import BLOCK_LINES
from stages.inference.read.read_checked_rows import read_checked_rows

HEAT = InputColumn(name="heat", type="number", can_be_missing=True)


def fitted(window: Window | None, missing: str = "forward") -> Fitted:
    feature = NumberFeature(column="heat", params=NumberParams.model_validate({"kind": "number", "missing": missing}))
    length = [] if window is None else [window.length]
    return Fitted(
        inputs={"x": InputSpec(column=FeatureMatrix(columns=["heat"], features=[feature]), shape=[*length, 1])},
        targets={"y": TargetSpec(column=NumberColumns(columns=["y"]))},
        splits={},
        window=window,
    )


def write(folder: Path, texts: list[str]) -> Path:
    (folder / "new.csv").write_text("id,heat\n" + "".join(f"{n},{text}\n" for n, text in enumerate(texts)))
    return folder / "new.csv"


@pytest.mark.parametrize("window", [None, Window(length=2)])
def test_gaps_at_the_border_of_two_blocks(window: Window | None, tmp_path: Path) -> None:
    texts = ["1.5"] * (BLOCK_LINES - 3) + ["2.5", "", "", "", "", "3.5"]
    schema = InputSchema(key="k", kind="table" if window is None else "series", columns=[HEAT])
    model = fitted(window)
    if window is not None:
        model = model.model_copy(update={"targets": {}})
    [block] = read_checked_rows(write(tmp_path, texts), schema, model)
    assert block.problems == []
    assert len(block.carried["id"]) == len(block) == len(texts)
    if window is None:
        [values] = transform_rows(model, block.rows).inputs("new").values()
        assert values[-7:, 0].tolist() == [1.5, 2.5, 2.5, 2.5, 2.5, 2.5, 3.5]


def test_a_gap_without_an_earlier_value_and_a_wrong_value(tmp_path: Path) -> None:
    schema = InputSchema(key="k", kind="table", columns=[HEAT])
    [block] = read_checked_rows(write(tmp_path, ["", "2", "x", ""]), schema, fitted(None))
    assert [(problem.row, problem.column) for problem in block.problems] == [(1, "heat"), (3, "heat")]


def test_rows_that_depend_on_no_others_are_read_in_blocks(tmp_path: Path) -> None:
    schema = InputSchema(key="k", kind="table", columns=[HEAT])
    path = write(tmp_path, ["1"] * BLOCK_LINES + ["2", ""])
    first, second = read_checked_rows(path, schema, fitted(None, missing="refuse"))
    assert (len(first), len(second)) == (BLOCK_LINES, 1)
    assert [problem.row for problem in second.problems] == [BLOCK_LINES + 2]
    assert np.asarray(second.rows.columns["heat"]).tolist() == [2]
