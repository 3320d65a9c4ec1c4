"""Read the weight of each row of a table."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import ProcessedSplit
from stages.core.artefacts.raw.raw_data import RawData, Table
from stages.core.columns.number_columns import LARGEST
from stages.core.columns.private_values import PRIVATE
from stages.core.errors import ErrorList, UserError, format_examples
from stages.preprocess.params import Preprocess

if TYPE_CHECKING:
    import pandas as pd

Weights = NDArray[np.float32]


def read_weights(raw: RawData, params: Preprocess) -> Weights | None:
    """Return the weights of the rows of all raw splits, if there is a column of kind `weight`.

    Raises a UserError with the rows whose weight is no number from 0 on.
    """
    if params.weight is None or not isinstance(raw, Table):
        return None
    import pandas as pd

    parts = [frame[params.weight] for frame in raw.frames.values()]
    return row_weights(pd.concat(parts, ignore_index=True), params.weight, params.weight in raw.private)


def row_weights(column: "pd.Series", name: str, private: bool) -> Weights:
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        raise UserError(f"preprocess.columns.{name}: a weight is a number; the column holds {column.dtype}")
    values = column.to_numpy(np.float64, na_value=np.nan)
    if len(wrong := np.flatnonzero(~((values >= 0) & (values <= LARGEST)))):
        examples = format_examples(f"{PRIVATE if private else values[row]} in row {row}" for row in wrong)
        raise UserError(
            f"preprocess.columns.{name}: a weight is a finite number from 0 on; received {examples}; correct them, or "
            "take those rows out of the data"
        )
    return np.asarray(values, np.float32)


def check_split_weights(splits: Mapping[str, ProcessedSplit]) -> None:
    """Each split needs a row whose weight is not 0."""
    errors = ErrorList()
    for name, split in splits.items():
        with errors.collect():
            check_weight_of_split(name, split.weights is None or bool(split.weights.any()))
    errors.raise_if_any()


def check_weight_of_split(split: str, has_weight: bool) -> None:
    if not has_weight:
        raise UserError(
            f"preprocess.columns: all weights of the {split} split are 0; use another split, or take those rows out"
        )
