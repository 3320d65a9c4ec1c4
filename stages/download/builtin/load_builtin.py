"""Sources that need no file: sample data of libraries, and formulas. A library is imported only where it is used."""

from stages.core.artefacts.raw_data import RawData
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


def load_builtin(source: Builtin) -> RawData:
    match source:
        case Sklearn(name=name):
            from stages.download.builtin.sklearn_datasets import load_sklearn

            return load_sklearn(name)
        case Matplotlib(name=name):
            from stages.download.builtin.matplotlib_datasets import load_matplotlib

            return load_matplotlib(name)
        case Statsmodels(name=name):
            from stages.download.builtin.statsmodels_datasets import load_statsmodels

            return load_statsmodels(name)
        case Points() | Count() | Line() | TwoTables():
            from stages.download.builtin.formulas import compute

            return compute(source)
