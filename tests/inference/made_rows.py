"""Rows of raw data as the rows that a user gives."""

import numpy as np
import pandas as pd

from stages.core.artefacts.raw.column_values import column_values
from stages.core.artefacts.raw.ragged_rows import RaggedRows, concatenate_ragged
from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens
from stages.core.artefacts.row_numbers import RowNumbers, as_array
from stages.inference.new_rows.raw_rows import RawRows
from stages.preprocess.inputs.read_picture_inputs import picture_values


def new_rows(raw: RawData, rows: RowNumbers) -> RawRows:
    """These rows, which are numbered through all splits, with all columns."""
    match raw:
        case Images():
            images = np.concatenate([*raw.images.values()])
            everything = RawRows({"image": images if images.ndim == 4 else images[..., None]}, len(images))
        case Tokens():
            texts = concatenate_ragged([RaggedRows(raw.ids[split], raw.offsets[split]) for split in raw.ids])
            everything = RawRows({"text": texts}, len(texts))
        case Table():
            frame = pd.concat([*raw.frames.values()], ignore_index=True)
            columns = {str(name): column_values(frame[name]) for name in frame}
            everything = RawRows({**columns, **picture_values(raw)}, len(frame))
    return everything[as_array(rows)]
