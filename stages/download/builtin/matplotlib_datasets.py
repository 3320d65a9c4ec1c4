"""The tables among matplotlib's sample data."""

import numpy as np
import pandas as pd
from matplotlib import cbook

from stages.core.artefacts.raw import ALL, Table

COLUMNS = ["date", "open", "high", "low", "close", "volume"]


FIRST_OF_MONTH = 1


def matplotlib_set(name: str) -> Table:
    return goog() if name == "goog" else stocks()


def goog() -> Table:
    """Google's first 1,047 trading days. `adj_close` repeats `close` and is left out."""
    path = cbook.get_sample_data("goog.npz", asfileobj=False)
    with np.load(path, allow_pickle=False) as arrays:
        days = arrays["price_data"]
    frame = pd.DataFrame({name: days[name] for name in COLUMNS})
    frame["date"] = frame["date"].astype("datetime64[us]")
    return Table(frames={ALL: frame}, kind="series", time="date", source={"source": "matplotlib", "name": "goog"})


def stocks() -> Table:
    """Month by month from 1990, the first of each: five shares and two indices that were there all the time.

    The file also has a row for every dividend, which is empty, and one for the day on which it was made, which
    repeats its month's. Shares that were first listed later are left out, so that no row has a gap.
    """
    path = cbook.get_sample_data("Stocks.csv", asfileobj=False)
    listed = pd.read_csv(path, comment="#", parse_dates=["Date"])
    monthly = listed[listed["Date"].dt.day == FIRST_OF_MONTH].dropna(axis="columns").reset_index(drop=True)
    frame = monthly.rename(columns=lambda name: name.strip("^").lower())
    frame["date"] = frame["date"].astype("datetime64[us]")
    return Table(frames={ALL: frame}, kind="series", time="date", source={"source": "matplotlib", "name": "stocks"})
