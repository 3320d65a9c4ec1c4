"""Sample data of libraries as raw data, resampled on request."""

import pandas as pd

from stages.core.artefacts.raw.raw_data import ALL, Table
from stages.core.parameters.validation_errors import type_adapter
from stages.download.builtin.load_builtin import load_builtin
from stages.download.builtin.matplotlib_datasets import goog
from stages.download.params import Download


def load(**params: object) -> Table:
    raw = load_builtin(type_adapter(Download).validate_python(params))
    assert isinstance(raw, Table)
    return raw


def test_daily_prices_become_those_of_business_days() -> None:
    raw = load(source="matplotlib", name="goog", resample={"every": "1B", "gaps": "forward"})
    prices, source = raw.frames[ALL], goog().frames[ALL]
    assert len(prices) == 1047 + 37
    assert prices["date"].equals(pd.Series(pd.bdate_range("2004-08-19", "2008-10-14").as_unit("us"), name="date"))
    assert prices[prices["date"].isin(source["date"])].reset_index(drop=True).equals(source)
    labor_day, friday = (prices[prices["date"] == day].iloc[0, 1:] for day in ("2006-09-04", "2006-09-01"))
    assert labor_day.tolist() == friday.tolist()
    assert raw.source["resample"]["periods_without_rows"] == {"all": 37}


def test_weeks_become_months() -> None:
    raw = load(source="statsmodels", name="co2", resample={"every": "1ME", "how": "mean"})
    expected = load(source="statsmodels", name="co2").frames[ALL].set_index("date")["co2"].resample("ME").mean()
    months = raw.frames[ALL].set_index("date")["co2"]
    pd.testing.assert_series_equal(months, expected, check_freq=False, check_index_type=False)


def test_without_resample_nothing_changes() -> None:
    assert load(source="matplotlib", name="goog").source == goog().source
