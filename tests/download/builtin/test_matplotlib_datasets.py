import pandas as pd

from stages.core.artefacts.raw.raw_data import ALL
from stages.download.builtin.matplotlib_datasets import goog, stocks


def test_goog_has_the_first_trading_days():
    raw = goog()
    prices = raw.frames[ALL]
    assert (raw.kind, raw.time, raw.columns) == ("series", "date", ["date", "open", "high", "low", "close", "volume"])
    assert len(prices) == 1047
    assert prices.iloc[0].tolist() == [pd.Timestamp("2004-08-19"), 100.0, 104.06, 95.96, 100.34, 22351900]
    assert prices.iloc[-1].tolist() == [pd.Timestamp("2008-10-14"), 393.53, 394.5, 357.0, 362.71, 7784800]
    assert prices["date"].is_monotonic_increasing
    assert prices["date"].is_unique


def test_stocks_are_monthly_without_missing_values():
    raw = stocks()
    prices = raw.frames[ALL]
    assert raw.columns == ["date", "ibm", "aapl", "msft", "xrx", "adbe", "gspc", "ixic"]
    assert len(prices) == 390
    assert (prices["date"].iloc[0], prices["date"].iloc[-1]) == (pd.Timestamp("1990-01-01"), pd.Timestamp("2022-06-01"))
    assert set(prices["date"].dt.day) == {1}
    assert prices["date"].diff().dt.days.iloc[1:].between(28, 31).all()
    assert not prices.isna().any().any()
    assert prices["gspc"].iloc[0] == 329.0799865722656
