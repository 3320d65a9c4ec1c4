"""Statistics of the word ids of each text, so that texts can be checked without a column for each word."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw import Tokens
from stages.core.errors import UserError

TEXT_STATISTICS = ["length", "smallest", "largest", "distinct"]


def text_statistics(tokens: Tokens) -> pd.DataFrame:
    """One row for each text of all splits."""
    for split in tokens.ids:
        _check_offsets(tokens, split)
    statistics = [id_statistics(text) for split in tokens.ids for text in tokens.texts(split)]
    return pd.DataFrame(np.array(statistics, np.float64).reshape(-1, len(TEXT_STATISTICS)), columns=TEXT_STATISTICS)


def _check_offsets(tokens: Tokens, split: str) -> None:
    offsets, ids = tokens.offsets[split], tokens.ids[split]
    if offsets[0] != 0 or offsets[-1] != len(ids) or np.any(np.diff(offsets) < 0):
        raise UserError(f"split {split}: the offsets of the texts do not match the {len(ids)} ids")


def id_statistics(text: NDArray[np.generic]) -> tuple[float, float, float, float]:
    """The number of words, the smallest and the largest id, and the number of distinct ids.

    An empty text has no smallest and no largest id.

    >>> id_statistics(np.array([1, 9, 4, 9])), id_statistics(np.array([]))
    ((4.0, 1.0, 9.0, 3.0), (0.0, nan, nan, 0.0))
    """
    if not len(text):
        return 0.0, np.nan, np.nan, 0.0
    distinct = np.unique(np.asarray(text))
    return float(len(text)), float(distinct[0]), float(distinct[-1]), float(len(distinct))
