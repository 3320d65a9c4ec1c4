"""A table with columns of every kind, preprocessed as conf would have it."""

import numpy as np
import pandas as pd

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw.raw_data import Table
from stages.core.parameters.validation_errors import type_adapter
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from tests.core.artefacts.example_pictures import table_with_pictures


def table_of_every_kind() -> ProcessedData:
    """`size` has gaps and an indicator of them, `colour` is one-hot, `city` has an embedding, `photo` is a picture."""
    rows = np.arange(40)
    pictures = table_with_pictures(40)
    frame = pd.DataFrame(
        {
            "size": np.where(rows % 5, rows * 1.5, np.nan),
            "weight": rows / 2.0,
            "colour": np.array(["red", "green", "blue"])[rows % 3],
            "city": np.array(["Oslo", "Rome"])[rows % 2],
            "photo": pictures.frames["all"]["photo"],
            "price": rows * 3.0,
        }
    )
    params = {
        "inputs": ["size", "weight", "colour", "city", "photo"],
        "targets": "price",
        "columns": {
            "size": {"kind": "number", "missing": "median", "missing_indicator": True},
            "colour": {"kind": "category"},
            "city": {"kind": "category", "encoding": "embedding"},
        },
        "split": {"test": 0.2},
    }
    return preprocess(
        Table({"all": frame}, pictures=pictures.pictures), type_adapter(Preprocess).validate_python(params)
    )
