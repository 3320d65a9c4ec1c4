import pandas as pd

from stages.core.raw import ALL
from stages.download.matplotlib_sets import goog


def test_google_begins_on_its_first_day_of_trading():
    raw = goog()
    days = raw.frames[ALL]
    assert (raw.kind, raw.time, raw.columns) == ("series", "date", ["date", "open", "high", "low", "close", "volume"])
    assert len(days) == 1047
    assert days.iloc[0].tolist() == [pd.Timestamp("2004-08-19"), 100.0, 104.06, 95.96, 100.34, 22351900]
    assert days.iloc[-1].tolist() == [pd.Timestamp("2008-10-14"), 393.53, 394.5, 357.0, 362.71, 7784800]
    assert days["date"].is_monotonic_increasing
    assert days["date"].is_unique
