"""The values of columns of raw data."""

import numpy as np
import pandas as pd

from stages.core.artefacts.raw.column_values import column_values


def test_columns_of_a_frame_as_arrays() -> None:
    zone = pd.Series(pd.to_datetime(["2024-01-01T01:00+01:00", None], utc=True))
    assert column_values(zone).tolist() == np.array(["2024-01-01", "NaT"], "datetime64[us]").tolist()
    assert column_values(pd.Series(["a", None])).tolist() == ["a", None]
    assert column_values(pd.Series([True, None], dtype=object)).tolist() == [True, None]
    assert column_values(pd.Series([1, 2])).dtype == np.int64
