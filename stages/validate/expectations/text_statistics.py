"""A few figures per text: what can be expected of tokens without a column for every word."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw import Tokens, split_sizes
from stages.core.errors import UserError
from stages.validate.all_rows import Rows
from stages.validate.expectations.image_statistics import LABEL

FIGURES = ("length", "smallest", "largest", "distinct")
COLUMNS = [LABEL, *FIGURES]


def text_rows(tokens: Tokens) -> Rows:
    """One row a text: its class number, how many words it has, the smallest and largest id and how many differ."""
    sizes = split_sizes(tokens)
    for split, size in sizes.items():
        _check(tokens, split, size)
    figures = [_figures(text) for split in sizes for text in tokens.texts(split)]
    frame = pd.DataFrame(np.array(figures, np.float64).reshape(-1, len(FIGURES)), columns=list(FIGURES))
    frame.insert(0, LABEL, np.concatenate([np.asarray(tokens.labels[split]) for split in sizes]))
    return Rows(frame, sizes)


def _check(tokens: Tokens, split: str, size: int) -> None:
    offsets, labels, ids = tokens.offsets[split], tokens.labels[split], tokens.ids[split]
    if len(labels) != size:
        raise UserError(f"split {split} has {size} texts and {len(labels)} labels; it needs one each")
    if offsets[0] != 0 or offsets[-1] != len(ids) or np.any(np.diff(offsets) < 0):
        raise UserError(f"split {split}: its offsets do not cut its {len(ids)} ids into texts one after another")


def _figures(text: NDArray[np.generic]) -> tuple[float, float, float, float]:
    """A text without words has no smallest and no largest id: both are missing, and told so.

    >>> _figures(np.array([1, 9, 4, 9]))
    (4.0, 1.0, 9.0, 3.0)
    """
    if not len(text):
        return 0.0, np.nan, np.nan, 0.0
    distinct = np.unique(np.asarray(text))
    return float(len(text)), float(distinct[0]), float(distinct[-1]), float(len(distinct))
