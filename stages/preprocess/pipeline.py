"""Split, fit on the training rows, transform all: the whole of preprocessing, without a path in it."""

from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import (
    TRAIN,
    Fitted,
    InputSpec,
    ProcessedData,
    ProcessedSplit,
    TargetSpec,
    WindowShape,
    target_stored_in_input,
)
from stages.core.artefacts.ragged_rows import RaggedRows
from stages.core.artefacts.raw import RawData, split_sizes
from stages.core.artefacts.row_numbers import RowNumbers, as_array
from stages.core.columns.scaling import LinearScaling, UnitLength, apply_steps
from stages.core.errors import ErrorList, UserError
from stages.core.runtime.installed_versions import versions
from stages.preprocess.check_classes import check_learnable, check_shared
from stages.preprocess.encoding import one_hot
from stages.preprocess.fit_steps import fit_steps
from stages.preprocess.params import Preprocess
from stages.preprocess.seen_in_training import seen_in_training
from stages.preprocess.select_columns import Arrays, Column, arrays
from stages.preprocess.split_rows import split_rows

Steps = list[LinearScaling | UnitLength]
PIECE = 65_536


def preprocess(raw: RawData, params: Preprocess) -> ProcessedData:
    data = arrays(raw, params)
    _check_shared(params, data)
    rows = split_rows(params.split, split_sizes(raw), data.only_classes)
    _check_windows(params, rows)
    _check_seams(params, rows, split_sizes(raw))
    inputs, rows, dropped = _fit_inputs(data, params, rows)
    check_learnable(data.targets, rows)
    targets = _fit_targets(data, params, rows[TRAIN], inputs)
    parts = {name: _part(data, inputs, targets, part) for name, part in rows.items()}
    window = WindowShape(**params.window.model_dump()) if params.window else None
    fitted = Fitted(
        inputs=inputs,
        targets=targets,
        splits={name: window.window.count(len(part)) if window else len(part) for name, part in rows.items()},
        window=window,
        dropped_outliers=dropped,
        seen_in_training={} if window else seen_in_training(parts),
        versions=versions("numpy", "scikit-learn"),
    )
    return ProcessedData(fitted, parts)


def _check_shared(params: Preprocess, data: Arrays) -> None:
    classes, split = data.only_classes, params.split
    if split.order == "stratified" and classes is not None and "given" not in (split.test, split.validation):
        check_shared(next(iter(data.targets.values())), split.test != 0 or split.validation != 0)


def _check_windows(params: Preprocess, rows: Mapping[str, RowNumbers]) -> None:
    if params.window is None:
        return
    span, errors = params.window.length + params.window.horizon, ErrorList()
    for name, part in rows.items():
        errors.check(
            len(part) >= span,
            f"preprocess.window: length {params.window.length} and horizon {params.window.horizon} need {span} rows, "
            f"but the {name} split has {len(part)}; use a shorter window or a larger split",
        )
    errors.raise_if_any()


def _check_seams(params: Preprocess, rows: Mapping[str, RowNumbers], given: Mapping[str, int]) -> None:
    """What came as two series is not one, and a window over both would see a step that never was."""
    if params.window is None:
        return
    errors = ErrorList()
    for name, part in rows.items():
        places = pairwise(bisect_left(part, bound) for bound in accumulate(given.values(), initial=0))
        joined = [source for source, (first, last) in zip(given, places, strict=True) if first < last]
        errors.check(
            len(joined) == 1,
            f"preprocess.window: the {name} split joins {' and '.join(joined)}, and a window would cross their seam; "
            "hold one of them out with `given`, or leave it out of download.files",
        )
    errors.raise_if_any()


def _fit_inputs(
    data: Arrays, params: Preprocess, rows: dict[str, RowNumbers]
) -> tuple[dict[str, InputSpec], dict[str, RowNumbers], int]:
    columns = {name: column.columns for name, column in data.inputs.items()}
    train = {name: column.pick(rows[TRAIN]) for name, column in data.inputs.items()}
    steps, kept = fit_steps(params.steps, train, columns)
    inputs = {
        name: InputSpec(
            columns=columns[name],
            shape=_shape(column, params),
            steps=steps[name],
            scaled_per_batch=data.scaled_per_batch,
            multi_hot=isinstance(column.values, RaggedRows),
        )
        for name, column in data.inputs.items()
    }
    if dropped := len(rows[TRAIN]) - len(kept):
        rows = rows | {TRAIN: as_array(rows[TRAIN])[as_array(kept)]}
    return inputs, rows, dropped


def _shape(column: Column, params: Preprocess) -> list[int]:
    if params.words is not None:
        return [params.words.most]
    row = list(column.values.shape[1:])
    return [params.window.length, *row] if params.window else row


def _fit_targets(
    data: Arrays, params: Preprocess, train: RowNumbers, inputs: Mapping[str, InputSpec]
) -> dict[str, TargetSpec]:
    steps = _fit_values({n: c for n, c in data.targets.items() if c.classes is None}, params, train)
    return {
        name: TargetSpec(
            columns=column.columns,
            encoding=column.encoding or "values",
            classes=column.classes,
            steps=steps.get(name, []),
            stored_in_input=None if column.classes else _inside(column.columns, steps[name], inputs),
        )
        for name, column in data.targets.items()
    }


def _inside(columns: list[str], steps: Steps, inputs: Mapping[str, InputSpec]) -> str | None:
    """The input that has these very columns, scaled alike."""
    for name, spec in inputs.items():
        place = None if spec.scaled_per_batch else spec.place_of(columns)
        if place and [_of_columns(step, place) for step in spec.steps] == steps:
            return name
    return None


def _of_columns(step: LinearScaling | UnitLength, place: slice) -> LinearScaling | UnitLength:
    if isinstance(step, UnitLength) or len(step.scale) == 1:
        return step
    return step.model_copy(update={"offset": step.offset[place], "scale": step.scale[place]})


def _fit_values(values: Mapping[str, Column], params: Preprocess, train: RowNumbers) -> dict[str, Steps]:
    if values:
        seen = {name: column.pick(train) for name, column in values.items()}
        return fit_steps(params.target_steps, seen, {name: column.columns for name, column in values.items()})[0]
    if params.target_steps:
        raise UserError("preprocess.target_steps: they scale values, but every target is a class; take them out")
    return {}


def _part(
    data: Arrays, inputs: Mapping[str, InputSpec], targets: Mapping[str, TargetSpec], rows: RowNumbers
) -> ProcessedSplit:
    stored = {n: _stored_input(inputs[n], c.pick(rows)) for n, c in data.inputs.items()}
    return ProcessedSplit(
        inputs=stored,
        targets={
            n: _stored_target(t, data.targets[n].pick(rows))
            if t.stored_in_input is None
            else target_stored_in_input(t, inputs, stored)
            for n, t in targets.items()
        },
        rows=rows,
    )


def _stored_input(spec: InputSpec, values: NDArray[Any]) -> NDArray[Any]:
    return values if spec.scaled_per_batch else _scaled(spec.steps, values)


def _stored_target(spec: TargetSpec, values: NDArray[Any]) -> NDArray[Any]:
    match spec.encoding:
        case "one_hot":
            return one_hot(values, spec.width)
        case "integer":
            return values.astype(np.int32)
        case _:
            return _scaled(spec.steps, values)


def _scaled(steps: Steps, values: NDArray[Any]) -> NDArray[np.float32]:
    """A piece at a time: in full precision the whole would be held several times over."""
    scaled = np.empty(values.shape, np.float32)
    for start in range(0, len(values), PIECE):
        piece = scaled[start : start + PIECE]
        with np.errstate(over="ignore"):
            piece[:] = apply_steps(steps, values[start : start + PIECE])
        if not np.isfinite(piece).all():
            raise UserError("preprocess: the steps make a number too large for 32 bits; divide by a larger one")
    return scaled
