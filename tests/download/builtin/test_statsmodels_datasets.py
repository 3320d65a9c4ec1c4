import pandas as pd

from stages.core.artefacts.raw.raw_data import ALL
from stages.download.builtin.statsmodels_datasets import co2, sunspots


def test_co2_is_weekly_with_gaps():
    raw = co2()
    frame = raw.frames[ALL]
    assert (raw.kind, raw.time, raw.columns) == ("series", "date", ["date", "co2"])
    assert len(frame) == 2284
    assert frame.iloc[0].tolist() == [pd.Timestamp("1958-03-29"), 316.1]
    assert frame.iloc[-1].tolist() == [pd.Timestamp("2001-12-29"), 371.5]
    assert set(frame["date"].diff().dt.days.iloc[1:]) == {7}
    assert frame["co2"].isna().sum() == 59


def test_sunspots_are_yearly():
    raw = sunspots()
    frame = raw.frames[ALL]
    assert (raw.kind, raw.time, raw.columns) == ("series", "year", ["year", "sunspots"])
    assert (frame["year"].iloc[0], frame["year"].iloc[-1]) == (pd.Timestamp("1700-01-01"), pd.Timestamp("2008-01-01"))
    assert len(frame) == 309
    assert frame["sunspots"].max() == 190.2
    assert not frame.isna().any().any()
