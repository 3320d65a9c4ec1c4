import numpy as np

from stages.core.artefacts.processed import Fitted, InputSpec, ProcessedData, ProcessedSplit, TargetSpec
from stages.core.columns.categories.category_ids import CategoryIds
from stages.core.columns.column_params import TextParams
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.texts.text_ids import TextIds
from stages.evaluate.baselines.flat_inputs import flat_inputs, flat_width
from tests.evaluate.columns_of_every_kind import table_of_every_kind
from tests.evaluate.processed_examples import series


def test_a_window_is_one_row() -> None:
    data = series({"train": [1, 2, 3, 4, 5]}, length=3, horizon=1)
    assert flat_inputs(data, "train").tolist() == [[1, 2, 3], [2, 3, 4]]
    assert flat_width(data.fitted) == 3


def test_categories_with_an_embedding_are_one_hot() -> None:
    data = table_of_every_kind()
    (ids,) = [name for name, spec in data.fitted.inputs.items() if isinstance(spec.column, CategoryIds)]
    column = data.fitted.inputs[ids].column
    assert isinstance(column, CategoryIds)
    flat = flat_inputs(data, "train")
    assert flat.shape == (32, flat_width(data.fitted))
    one_hot = np.eye(column.id_count)[data.inputs("train")[ids][:, 0].astype(int)]
    rows = flat.T.tolist()
    assert all(column_of_ids in rows for column_of_ids in one_hot.T.tolist())


def test_a_text_by_ids_has_a_column_for_each_word() -> None:
    params = TextParams(kind="text", form="ids", length=3)
    column = TextIds(columns=["message"], params=params, words=["a", "b"])
    fitted = Fitted(
        inputs={"message": InputSpec(column=column, shape=[3])},
        targets={"y": TargetSpec(column=NumberColumns(columns=["y"]))},
        splits={"test": 2},
    )
    ids = np.array([[3, 1, 3], [2, 0, 0]], np.int32)
    split = ProcessedSplit({"message": ids}, {"y": np.zeros((2, 1), np.float32)}, range(2))
    rows = flat_inputs(ProcessedData(fitted, {"test": split}), "test")
    assert rows.tolist() == [[0, 1, 0, 1], [1, 0, 1, 0]]
    assert flat_width(fitted) == 4
