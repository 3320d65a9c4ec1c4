"""What is learned from the training rows: the figures of each step, and which rows are dropped."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.row_numbers import RowNumbers, as_array
from stages.core.columns.scaling import LinearScaling, UnitLength, apply_steps
from stages.core.errors import ErrorList, UserError, suggest
from stages.preprocess.params import L2, Divide, DropOutliers, Maximum, Scaler, Step

Floats = NDArray[np.float64]
Steps = list[LinearScaling | UnitLength]


def fit_steps(
    params: Sequence[Step], train: Mapping[str, NDArray[Any]], columns: Mapping[str, list[str]]
) -> tuple[dict[str, Steps], RowNumbers]:
    """The fitted steps of each input, in the order of the conf, and the training rows that stay."""
    _check_columns(params, [c for names in columns.values() for c in names])
    steps: dict[str, Steps] = {name: [] for name in train}
    seen = dict(train)
    kept: RowNumbers = range(len(next(iter(train.values()))))
    for place, param in enumerate(params, 1):
        if isinstance(param, DropOutliers):
            stay = np.logical_and.reduce([_near(x, param.above) for x in seen.values()])
            kept, seen = as_array(kept)[stay], {name: x[stay] for name, x in seen.items()}
            _check_left(kept, param.above)
            continue
        for name, x in seen.items():
            step = fit(param, x, columns[name])
            steps[name].append(step)
            if place < len(params):  # only a later step looks; pictures in full precision are large
                seen[name] = apply_steps([step], np.asarray(x, np.float64))
    return steps, kept


def fit(param: Divide | Maximum | L2 | Scaler, x: NDArray[Any], columns: list[str]) -> LinearScaling | UnitLength:
    match param:
        case Divide(by=by):
            return LinearScaling(name="divide", offset=[0.0], scale=[by])
        case Maximum():
            return LinearScaling(name="maximum", offset=[0.0], scale=[_positive(float(x.max()))])
        case L2(axis=axis):
            return _fit_unit(axis, x)
        case Scaler():
            return _fit_scaler(param, x, columns)


def _positive(largest: float) -> float:
    if largest <= 0:
        raise UserError(f"preprocess.steps: maximum divides by the largest training value, which is {largest}")
    return largest


def _fit_unit(axis: int, x: NDArray[Any]) -> UnitLength:
    if axis >= x.ndim:
        raise UserError(f"preprocess.steps: l2 axis {axis}, but the rows have axes 1 to {x.ndim - 1}")
    return UnitLength(axis=axis)


def _fit_scaler(param: Scaler, x: NDArray[Any], columns: list[str]) -> LinearScaling:
    matrix = np.asarray(x, np.float64) if x.ndim == 2 else np.asarray(x, np.float64).reshape(-1, 1)
    offset, scale = _statistics(param.step, matrix)
    if param.columns is not None:
        chosen = np.isin(columns, param.columns)
        offset, scale = np.where(chosen, offset, 0.0), np.where(chosen, scale, 1.0)
    return LinearScaling(name=param.step, offset=offset.tolist(), scale=scale.tolist())


def _check_columns(params: Sequence[Step], known: list[str]) -> None:
    """A column that a scaler names belongs to some input, not to each of them."""
    errors = ErrorList()
    for scaler in (p for p in params if isinstance(p, Scaler)):
        for column in scaler.columns or ():
            errors.check(
                column in known, f"preprocess: {scaler.step} names column {column!r}; {suggest(column, known)}"
            )
    errors.raise_if_any()


def _statistics(name: str, matrix: Floats) -> tuple[Floats, Floats]:
    """Offset and scale as scikit-learn learns them; a constant column keeps scale 1."""
    from sklearn import preprocessing

    match name:
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


def _near(x: NDArray[Any], above: float) -> NDArray[np.bool_]:
    """Rows whose every column lies within `above` standard deviations; a constant column drops nobody."""
    matrix = np.asarray(x, np.float64).reshape(len(x), -1)
    spread = matrix.std(axis=0)
    z = np.abs(matrix - matrix.mean(axis=0)) / np.where(spread == 0, 1.0, spread)
    near: NDArray[np.bool_] = (z <= above).all(axis=1)
    return near


def _check_left(kept: RowNumbers, above: float) -> None:
    if not len(kept):
        raise UserError(f"preprocess.steps: drop_outliers above {above} drops every training row; use a larger figure")
