"""Series that preprocess has read, with windows that begin before their split."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw.raw_data import Table
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess

# Numbers of rows; the first ones are training rows.
SPLIT = {"validation": 10, "test": 20, "order": "chronological"}


def forecasts(
    columns: Mapping[str, Sequence[float] | np.ndarray],
    window: Mapping[str, Any],
    split: Mapping[str, Any] = SPLIT,
    targets: Sequence[str] | Mapping[str, Any] | None = None,
    **params: Any,
) -> ProcessedData:
    """All columns are inputs; without `targets`, the target `y` has all of them too."""
    return forecasts_of_files({"all": columns}, window, split, targets, **params)


def forecasts_of_files(
    files: Mapping[str, Mapping[str, Sequence[float] | np.ndarray]],
    window: Mapping[str, Any],
    split: Mapping[str, Any],
    targets: Sequence[str] | Mapping[str, Any] | None = None,
    **params: Any,
) -> ProcessedData:
    frames = {
        name: pd.DataFrame({column: np.asarray(v, np.float64) for column, v in columns.items()})
        for name, columns in files.items()
    }
    names = [*next(iter(files.values()))]
    given = {"targets": targets or {"y": names}, "split": split, "window": window, **params}
    return preprocess(Table(frames, kind="series"), Preprocess.model_validate(given))
