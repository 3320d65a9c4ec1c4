import pandas as pd
import pytest

from benchmarks.studies.package_series import SERIES, STATSMODELS, PackageSeries, statsmodels_values


@pytest.mark.parametrize("name", [name for name, series in SERIES.items() if series.package == STATSMODELS])
def test_series_of_statsmodels_are_numbers_without_gaps(name: str) -> None:
    values = statsmodels_values(name, SERIES[name])
    assert len(values) >= 25
    assert pd.api.types.is_float_dtype(values)
    assert values.notna().all()


def test_weeks_and_columns_become_months() -> None:
    # The weeks of April 1958 that statsmodels has.
    assert statsmodels_values("co2", SERIES["co2"]).iloc[0] == pytest.approx((317.3 + 317.6 + 317.5 + 316.4) / 4)
    elnino = statsmodels_values("elnino", SERIES["elnino"])
    # January, December, and the next January.
    assert elnino.iloc[[0, 11, 12]].tolist() == [23.11, 21.8, 24.19]


def test_a_column_of_a_table_is_a_series() -> None:
    assert statsmodels_values("nile", PackageSeries(STATSMODELS, "1871-01-01", "YS", column="volume")).iloc[0] == 1120
