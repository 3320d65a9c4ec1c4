import numpy as np
import pandas as pd

from stages.core.artefacts.raw.raw_data import Table
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from stages.report.sections.column_kinds import column_kind_rows
from tests.core.artefacts.example_pictures import table_with_pictures

FRAME = pd.DataFrame(
    {
        "age": [10.0, np.nan, 30.0, 50.0],
        "height": [1.0, np.nan, 3.0, 4.0],
        "port": ["S", "C", "S", None],
        "town": ["a", "b", "c", "c"],
        "born": ["2024-01-02", "2024-01-01", "2024-03-01", "2024-02-01"],
        "price": [1, 2, 3, 4],
    }
)
COLUMNS = {
    "age": {"kind": "number", "missing": "median", "missing_indicator": True},
    "height": {"kind": "number", "missing": {"constant": 0}},
    "port": {"kind": "category", "missing": "category"},
    "town": {"kind": "category", "encoding": "embedding", "minimum_count": 2},
}


def test_a_row_for_each_column_that_is_not_a_plain_number() -> None:
    params = Preprocess.model_validate({"split": {}, "targets": "price", "columns": COLUMNS})
    fitted = preprocess(Table({"all": FRAME}), params).fitted
    assert list(column_kind_rows(fitted)) == [
        ("town", "category", "conf", "none", "1 category, embedding: c; rare ones are other"),
        ("age", "number", "conf", "median: 30.0, with an indicator", "2 numbers"),
        ("height", "number", "conf", "constant: 0.0", "1 number"),
        ("port", "category", "conf", "a category of their own", "2 categories, one-hot: C, S"),
        (
            "born", "date", "inferred from the training rows", "none",
            "month, weekday, days since 2024-01-01",
        ),
    ]  # fmt: skip


def test_a_column_of_pictures() -> None:
    params = Preprocess.model_validate({"split": {}, "targets": "price", "inputs": ["photo"]})
    fitted = preprocess(table_with_pictures(), params).fitted
    (row,) = column_kind_rows(fitted)
    assert row == ("photo", "picture", "conf", "none", "10 \N{MULTIPLICATION SIGN} 8 pixels, colour")
