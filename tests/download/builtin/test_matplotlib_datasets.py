import pandas as pd

from stages.core.artefacts.raw import ALL
from stages.download.builtin.matplotlib_datasets import goog, stocks


def test_google_begins_on_its_first_day_of_trading():
    raw = goog()
    days = raw.frames[ALL]
    assert (raw.kind, raw.time, raw.columns) == ("series", "date", ["date", "open", "high", "low", "close", "volume"])
    assert len(days) == 1047
    assert days.iloc[0].tolist() == [pd.Timestamp("2004-08-19"), 100.0, 104.06, 95.96, 100.34, 22351900]
    assert days.iloc[-1].tolist() == [pd.Timestamp("2008-10-14"), 393.53, 394.5, 357.0, 362.71, 7784800]
    assert days["date"].is_monotonic_increasing
    assert days["date"].is_unique


def test_stocks_are_monthly_and_without_a_gap():
    raw = stocks()
    months = raw.frames[ALL]
    assert raw.columns == ["date", "ibm", "aapl", "msft", "xrx", "adbe", "gspc", "ixic"]
    assert len(months) == 390
    assert (months["date"].iloc[0], months["date"].iloc[-1]) == (pd.Timestamp("1990-01-01"), pd.Timestamp("2022-06-01"))
    assert set(months["date"].dt.day) == {1}
    assert months["date"].diff().dt.days.iloc[1:].between(28, 31).all()
    assert not months.isna().any().any()
    assert months["gspc"].iloc[0] == 329.0799865722656
