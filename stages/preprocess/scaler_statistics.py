"""Statistics of scalers, as scikit-learn computes them."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def scaler_statistics(scaler: str, matrix: Floats) -> tuple[Floats, Floats]:
    """Offset and scale of each column. A constant column has scale 1."""
    from sklearn import preprocessing

    match scaler:
        case "standard":
            standard = preprocessing.StandardScaler().fit(matrix)
            return standard.mean_, standard.scale_
        case "robust":
            robust = preprocessing.RobustScaler().fit(matrix)
            return robust.center_, robust.scale_
        case "maxabs":
            return np.zeros(matrix.shape[1]), preprocessing.MaxAbsScaler().fit(matrix).scale_
        case _:
            minmax = preprocessing.MinMaxScaler().fit(matrix)
            return minmax.data_min_, 1.0 / minmax.scale_
