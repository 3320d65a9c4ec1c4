"""The protocol of ColumnKind, for every kind in the registry."""

import subprocess
import sys
from copy import deepcopy
from typing import Any, get_args

import numpy as np
import pytest

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.artefacts.raw.shared_rows import SharedRows
from stages.core.columns.categories.category_ids import CategoryIds
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.column_kind import ColumnKind
from stages.core.columns.column_params import (
    BooleanParams,
    CategoryParams,
    DateParams,
    NumberParams,
    PictureParams,
    TextParams,
)
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.features.boolean_feature import BooleanFeature
from stages.core.columns.features.category_feature import CategoryFeature
from stages.core.columns.features.date_feature import DateFeature
from stages.core.columns.features.number_feature import NumberFeature
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.image_pixels import ImagePixels
from stages.core.columns.pictures.picture_pixels import PicturePixels, PictureValues
from stages.core.columns.registry import Column
from stages.core.columns.scaling_params import Divide, Scaler, ScalingStep
from stages.core.columns.texts.multi_hot_text import MultiHotText
from stages.core.columns.texts.text_ids import TextIds
from stages.core.columns.texts.tf_idf_text import TfIdfText
from stages.core.columns.texts.token_ids import TokenIds
from stages.core.parameters.validation_errors import type_adapter
from stages.preprocess.scaler_statistics import scaler_statistics

STEPS: list[ScalingStep] = [Divide(step="divide", by=4), Scaler(step="standard")]
RANDOM = np.random.default_rng(0)
CATEGORY = CategoryFeature(column="port", params=CategoryParams(kind="category", missing="category"))
TABLE_VALUES = TableValues(
    {
        "age": np.where(RANDOM.random(20) < 0.3, np.nan, RANDOM.integers(1, 80, 20)),
        "port": RANDOM.choice(np.array(["C", "Q", "S", None], object), 20),
        "alone": RANDOM.choice(np.array(["yes", "no"], object), 20),
        "message": np.array(["call me", "Call NOW, it's free!", "", None, "now or never"], object)[
            RANDOM.integers(0, 5, 20)
        ],
        "day": np.array(["2024-01-31", "2024-12-01"], "datetime64[us]")[RANDOM.integers(0, 2, 20)],
    }
)
FEATURES = [
    NumberFeature(column="age", params=NumberParams(kind="number", missing="median", missing_indicator=True)),
    CATEGORY,
    BooleanFeature(column="alone", params=BooleanParams(kind="boolean")),
    DateFeature(column="day", params=DateParams(kind="date")),
]
TEXT = {"kind": "text", "missing": "empty"}
EXAMPLES: list[tuple[Any, Any]] = [
    (NumberColumns(columns=["a", "b"]), RANDOM.normal(5, 3, (20, 2))),
    (ClassLabels(columns=["kind"], classes=["x", "y", "z"], encoding="one_hot"), np.arange(20) % 3),
    (FeatureMatrix(columns=[f.column for f in FEATURES], features=FEATURES), TABLE_VALUES),
    (CategoryIds(columns=["port"], feature=CATEGORY), TABLE_VALUES),
    *(
        (kind(columns=["message"], params=TextParams.model_validate(TEXT | {"form": form})), TABLE_VALUES)
        for kind, form in ((MultiHotText, "multi_hot"), (TfIdfText, "tf_idf"), (TextIds, "ids"))
    ),
    (CategoryIds(columns=["port"], feature=CATEGORY.model_copy(update={"private": True})), TABLE_VALUES),
    (
        TfIdfText(columns=["message"], params=TextParams.model_validate(TEXT | {"form": "tf_idf"}), private=True),
        TABLE_VALUES,
    ),
    (ImagePixels(columns=["image"]), RANDOM.integers(0, 256, (20, 4, 3, 1)).astype(np.uint8)),
    (
        PicturePixels(columns=["photo"], params=PictureParams(kind="picture", missing="blank")),
        PictureValues(RANDOM.integers(0, 256, (5, 4, 3, 3)).astype(np.uint8), (np.arange(20) % 6 - 1).astype(np.int32)),
    ),
    (
        TokenIds(columns=["text"], vocabulary_size=10, unknown_id=2),
        RaggedRows(RANDOM.integers(0, 15, 60), np.arange(21) * 3),
    ),
]
every_kind = pytest.mark.parametrize(("column", "values"), EXAMPLES, ids=lambda value: getattr(value, "kind", ""))


def test_every_kind_has_an_example() -> None:
    union, _ = get_args(Column)
    assert {type(column) for column, _ in EXAMPLES} == set(get_args(union))


@every_kind
def test_a_fitted_column_is_the_same_after_it_was_written_and_read(column: ColumnKind, values: Any) -> None:
    column.check(values)
    fitted = column.fit(values[:15], STEPS, scaler_statistics)
    read: ColumnKind = type_adapter(Column).validate_json(fitted.model_dump_json())
    assert read == fitted
    for new in (slice(15, 20), slice(3, 4)):
        expected = fitted.to_batch(fitted.transform(values))[new]
        np.testing.assert_array_equal(read.to_batch(read.transform(values[new])), expected, strict=True)
        assert expected.dtype == (np.int32 if fitted.id_count else np.float32)


@every_kind
def test_the_stored_rows_are_of_the_form_that_the_kind_says(column: ColumnKind, values: Any) -> None:
    fitted = column.fit(values, STEPS, scaler_statistics)
    stored = fitted.transform(values)
    assert isinstance(stored, RaggedRows) == fitted.sparse
    assert isinstance(stored, SharedRows) == fitted.shared
    assert (isinstance(stored, RaggedRows) and stored.weights is not None) == fitted.weighted
    if fitted.id_count:
        assert isinstance(stored, np.ndarray)
        assert 0 <= stored.min() <= stored.max() < fitted.id_count


@every_kind
def test_fit_and_transform_change_neither_column_nor_values(column: ColumnKind, values: Any) -> None:
    before, copy = column.model_dump_json(), deepcopy(values)
    column.fit(values, STEPS, scaler_statistics).transform(values)
    assert column.model_dump_json() == before
    for array, array_before in zip(arrays_of(values), arrays_of(copy), strict=True):
        np.testing.assert_array_equal(array, array_before)


def arrays_of(values: Any) -> list[Any]:
    if isinstance(values, PictureValues):
        return [values.pixels, values.numbers]
    return [*values.columns.values()] if isinstance(values, TableValues) else [getattr(values, "ids", values)]


@pytest.mark.parametrize(("column", "values"), EXAMPLES[:2], ids=lambda value: getattr(value, "kind", ""))
def test_a_target_can_be_inverted(column: ColumnKind, values: Any) -> None:
    fitted = column.fit(values, STEPS, scaler_statistics)
    np.testing.assert_allclose(fitted.inverse(np.asarray(fitted.transform(values))), values, rtol=1e-5)


def test_only_targets_have_an_inverse() -> None:
    with pytest.raises(NotImplementedError, match="ImagePixels cannot be a target"):
        ImagePixels(columns=["image"]).inverse(np.zeros(1))


@pytest.mark.parametrize("column", [{}, {"kind": "nunbers", "columns": []}, {"kind": "numbers", "colums": []}])
def test_a_damaged_column_is_refused(column: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        type_adapter(Column).validate_python(column)


def test_transform_needs_neither_pandas_nor_scikit_learn() -> None:
    script = """if True:
        import sys
        import numpy as np
        from stages.core.columns.registry import Column
        from stages.core.parameters.validation_errors import type_adapter
        step = {"step": "linear", "name": "divide", "offset": [0.0], "scale": [2.0]}
        column = type_adapter(Column).validate_python({"kind": "numbers", "columns": ["a"], "steps": [step]})
        values = np.array([[4.0]])
        column.check(values)
        print(column.to_batch(column.transform(values)).item(), *{"pandas", "sklearn", "pyarrow"} & set(sys.modules))
        """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "2.0\n"
