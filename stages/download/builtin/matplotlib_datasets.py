"""The tables of matplotlib's sample data."""

import numpy as np
import pandas as pd
from matplotlib import cbook

from stages.core.artefacts.raw.raw_data import ALL, Table

GOOG_COLUMNS = ["date", "open", "high", "low", "close", "volume"]
FIRST_DAY = 1


def load_matplotlib(name: str) -> Table:
    return goog() if name == "goog" else stocks()


def goog() -> Table:
    """Google's first 1,047 trading days. `adj_close` is left out, since it equals `close`."""
    path = cbook.get_sample_data("goog.npz", asfileobj=False)
    with np.load(path, allow_pickle=False) as arrays:
        prices = arrays["price_data"]
    frame = pd.DataFrame({name: prices[name] for name in GOOG_COLUMNS})
    frame["date"] = frame["date"].astype("datetime64[us]")
    return Table(frames={ALL: frame}, kind="series", time="date", source={"source": "matplotlib", "name": "goog"})


def stocks() -> Table:
    """Monthly prices from 1990, on the first day of each month, of five shares and two indices.

    The file also has empty rows for dividends, and a row for the day on which it was written. Shares that were first
    listed after 1990 are left out, so that no value is missing.
    """
    path = cbook.get_sample_data("Stocks.csv", asfileobj=False)
    prices = pd.read_csv(path, comment="#", parse_dates=["Date"])
    monthly = prices[prices["Date"].dt.day == FIRST_DAY].dropna(axis="columns").reset_index(drop=True)
    frame = monthly.rename(columns=lambda name: name.strip("^").lower())
    frame["date"] = frame["date"].astype("datetime64[us]")
    return Table(frames={ALL: frame}, kind="series", time="date", source={"source": "matplotlib", "name": "stocks"})
