"""The series of statsmodels' sample data."""

from importlib.resources import as_file, files

import pandas as pd
from statsmodels import datasets

from stages.core.artefacts.raw.raw_data import ALL, Table


def load_statsmodels(name: str) -> Table:
    return co2() if name == "co2" else sunspots()


def co2() -> Table:
    """Weekly carbon dioxide in the air over Mauna Loa, 1958 to 2001, in parts per million. 59 weeks have no value."""
    frame = _read_csv("co2")
    frame["date"] = pd.to_datetime(frame["date"].astype(str), format="%Y%m%d").astype("datetime64[us]")
    return Table(frames={ALL: frame}, kind="series", time="date", source={"source": "statsmodels", "name": "co2"})


def sunspots() -> Table:
    """Yearly numbers of sunspots, 1700 to 2008."""
    frame = _read_csv("sunspots").rename(columns={"YEAR": "year", "SUNACTIVITY": "sunspots"})
    frame["year"] = pd.to_datetime(frame["year"].astype(int).astype(str), format="%Y").astype("datetime64[us]")
    return Table(frames={ALL: frame}, kind="series", time="year", source={"source": "statsmodels", "name": "sunspots"})


def _read_csv(name: str) -> pd.DataFrame:
    with as_file(files(datasets) / name / f"{name}.csv") as path:
        return pd.read_csv(path)
