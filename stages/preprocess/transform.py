"""Split, fit on the training rows, transform all: the whole of preprocessing, without a path in it."""

from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import Faults, Mistake
from stages.core.numbering import RowNumbers, array_of
from stages.core.processed import TRAIN, Fitted, Input, Processed, Split, Target, WindowShape, seen_inside
from stages.core.ragged import Ragged
from stages.core.raw import Raw, splits
from stages.core.scaling import Affine, Unit, apply
from stages.core.versions import versions
from stages.preprocess.arrays import Arrays, Column, arrays
from stages.preprocess.classes import check_learnable, check_shared
from stages.preprocess.encoding import one_hot
from stages.preprocess.fitting import fit_steps
from stages.preprocess.params import Preprocess
from stages.preprocess.splitting import split_rows
from stages.preprocess.twins import seen_in_training

Steps = list[Affine | Unit]
PIECE = 65_536


def preprocess(raw: Raw, params: Preprocess) -> Processed:
    data = arrays(raw, params)
    _check_shared(params, data)
    rows = split_rows(params.split, splits(raw), data.only_classes)
    _check_windows(params, rows)
    _check_seams(params, rows, splits(raw))
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
    return Processed(fitted, parts)


def _check_shared(params: Preprocess, data: Arrays) -> None:
    classes, split = data.only_classes, params.split
    if split.order == "stratified" and classes is not None and "given" not in (split.test, split.validation):
        check_shared(next(iter(data.targets.values())), split.test != 0 or split.validation != 0)


def _check_windows(params: Preprocess, rows: Mapping[str, RowNumbers]) -> None:
    if params.window is None:
        return
    span, faults = params.window.length + params.window.horizon, Faults()
    for name, part in rows.items():
        faults.check(
            len(part) >= span,
            f"preprocess.window: length {params.window.length} and horizon {params.window.horizon} need {span} rows, "
            f"but the {name} split has {len(part)}; use a shorter window or a larger split",
        )
    faults.stop()


def _check_seams(params: Preprocess, rows: Mapping[str, RowNumbers], given: Mapping[str, int]) -> None:
    """What came as two series is not one, and a window over both would see a step that never was."""
    if params.window is None:
        return
    faults = Faults()
    for name, part in rows.items():
        places = pairwise(bisect_left(part, bound) for bound in accumulate(given.values(), initial=0))
        joined = [source for source, (first, last) in zip(given, places, strict=True) if first < last]
        faults.check(
            len(joined) == 1,
            f"preprocess.window: the {name} split joins {' and '.join(joined)}, and a window would cross their seam; "
            "hold one of them out with `given`, or leave it out of download.files",
        )
    faults.stop()


def _fit_inputs(
    data: Arrays, params: Preprocess, rows: dict[str, RowNumbers]
) -> tuple[dict[str, Input], dict[str, RowNumbers], int]:
    columns = {name: column.columns for name, column in data.inputs.items()}
    train = {name: column.pick(rows[TRAIN]) for name, column in data.inputs.items()}
    steps, kept = fit_steps(params.steps, train, columns)
    inputs = {
        name: Input(
            columns=columns[name],
            shape=_shape(column, params),
            steps=steps[name],
            late=data.late,
            multi_hot=isinstance(column.values, Ragged),
        )
        for name, column in data.inputs.items()
    }
    if dropped := len(rows[TRAIN]) - len(kept):
        rows = rows | {TRAIN: array_of(rows[TRAIN])[array_of(kept)]}
    return inputs, rows, dropped


def _shape(column: Column, params: Preprocess) -> list[int]:
    if params.words is not None:
        return [params.words.most]
    row = list(column.values.shape[1:])
    return [params.window.length, *row] if params.window else row


def _fit_targets(data: Arrays, params: Preprocess, train: RowNumbers, inputs: Mapping[str, Input]) -> dict[str, Target]:
    steps = _fit_values({n: c for n, c in data.targets.items() if c.classes is None}, params, train)
    return {
        name: Target(
            columns=column.columns,
            encoding=column.encoding or "values",
            classes=column.classes,
            steps=steps.get(name, []),
            inside=None if column.classes else _inside(column.columns, steps[name], inputs),
        )
        for name, column in data.targets.items()
    }


def _inside(columns: list[str], steps: Steps, inputs: Mapping[str, Input]) -> str | None:
    """The input that has these very columns, scaled alike."""
    for name, spec in inputs.items():
        place = None if spec.late else spec.place_of(columns)
        if place and [_of_columns(step, place) for step in spec.steps] == steps:
            return name
    return None


def _of_columns(step: Affine | Unit, place: slice) -> Affine | Unit:
    if isinstance(step, Unit) or len(step.scale) == 1:
        return step
    return step.model_copy(update={"offset": step.offset[place], "scale": step.scale[place]})


def _fit_values(values: Mapping[str, Column], params: Preprocess, train: RowNumbers) -> dict[str, Steps]:
    if values:
        seen = {name: column.pick(train) for name, column in values.items()}
        return fit_steps(params.target_steps, seen, {name: column.columns for name, column in values.items()})[0]
    if params.target_steps:
        raise Mistake("preprocess.target_steps: they scale values, but every target is a class; take them out")
    return {}


def _part(data: Arrays, inputs: Mapping[str, Input], targets: Mapping[str, Target], rows: RowNumbers) -> Split:
    stored = {n: _stored_input(inputs[n], c.pick(rows)) for n, c in data.inputs.items()}
    return Split(
        inputs=stored,
        targets={
            n: _stored_target(t, data.targets[n].pick(rows)) if t.inside is None else seen_inside(t, inputs, stored)
            for n, t in targets.items()
        },
        rows=rows,
    )


def _stored_input(spec: Input, values: NDArray[Any]) -> NDArray[Any]:
    return values if spec.late else _scaled(spec.steps, values)


def _stored_target(spec: Target, values: NDArray[Any]) -> NDArray[Any]:
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
            piece[:] = apply(steps, values[start : start + PIECE])
        if not np.isfinite(piece).all():
            raise Mistake("preprocess: the steps make a number too large for 32 bits; divide by a larger one")
    return scaled
