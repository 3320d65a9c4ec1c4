"""Sources that need no file: sample data of libraries, and formulas. A library is imported only where it is used."""

from stages.core.artefacts.raw.raw_data import RawData, Table
from stages.download.params.builtin_params import (
    Builtin,
    Count,
    Line,
    Matplotlib,
    Points,
    Sklearn,
    Statsmodels,
    TwoTables,
)
from stages.download.params.resample_params import Resample


def load_builtin(source: Builtin) -> RawData:
    match source:
        case Sklearn(name=name):
            from stages.download.builtin.sklearn_datasets import load_sklearn

            return load_sklearn(name)
        case Matplotlib(name=name):
            from stages.download.builtin.matplotlib_datasets import load_matplotlib

            return resampled(load_matplotlib(name), source.resample)
        case Statsmodels(name=name):
            from stages.download.builtin.statsmodels_datasets import load_statsmodels

            return resampled(load_statsmodels(name), source.resample)
        case Points() | Count() | Line() | TwoTables():
            from stages.download.builtin.formulas import compute

            return compute(source)


def resampled(series: Table, params: Resample | None) -> Table:
    if params is None:
        return series
    from stages.download.resampling.resample_table import resample_table

    return resample_table(series, params)
