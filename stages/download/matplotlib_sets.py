"""The table among matplotlib's sample data."""

import numpy as np
import pandas as pd
from matplotlib import cbook

from stages.core.raw import ALL, Table

COLUMNS = ["date", "open", "high", "low", "close", "volume"]


def goog() -> Table:
    """Google's first 1,047 trading days. `adj_close` repeats `close` and is left out."""
    path = cbook.get_sample_data("goog.npz", asfileobj=False)
    with np.load(path, allow_pickle=False) as arrays:
        days = arrays["price_data"]
    frame = pd.DataFrame({name: days[name] for name in COLUMNS})
    frame["date"] = frame["date"].astype("datetime64[us]")
    return Table(frames={ALL: frame}, kind="series", time="date", source={"source": "matplotlib", "name": "goog"})
