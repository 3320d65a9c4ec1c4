"""Split, fit on the training rows, transform all: the whole of preprocessing, without a path in it."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import Faults, Mistake
from stages.core.processed import TRAIN, Fitted, Input, Processed, Split, Target, WindowShape
from stages.core.ragged import Ragged
from stages.core.raw import Raw, splits
from stages.core.scaling import Affine, Unit, apply
from stages.core.versions import versions
from stages.preprocess.arrays import Arrays, Column, arrays
from stages.preprocess.encoding import one_hot
from stages.preprocess.fitting import fit_steps
from stages.preprocess.params import Preprocess
from stages.preprocess.splitting import Rows, split_rows

Steps = list[Affine | Unit]


def preprocess(raw: Raw, params: Preprocess) -> Processed:
    data = arrays(raw, params)
    rows = split_rows(params.split, splits(raw), data.only_classes)
    _check_windows(params, rows)
    _check_seams(params, rows, splits(raw))
    inputs, rows, dropped = _fit_inputs(data, params, rows)
    targets = _fit_targets(data, params, rows[TRAIN])
    parts = {name: _part(data, inputs, targets, part) for name, part in rows.items()}
    window = WindowShape(**params.window.model_dump()) if params.window else None
    fitted = Fitted(
        inputs=inputs,
        targets=targets,
        splits={name: window.window.count(len(part)) if window else len(part) for name, part in rows.items()},
        window=window,
        dropped_outliers=dropped,
        seen_in_training={} if window else _seen_in_training(parts),
        versions=versions("numpy", "scikit-learn"),
    )
    return Processed(fitted, parts)


def _check_windows(params: Preprocess, rows: Mapping[str, Rows]) -> None:
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


def _check_seams(params: Preprocess, rows: Mapping[str, Rows], given: Mapping[str, int]) -> None:
    """What came as two series is not one, and a window over both would see a step that never was."""
    if params.window is None:
        return
    names, ends, faults = list(given), np.cumsum(list(given.values())), Faults()
    for name, part in rows.items():
        joined = [names[place] for place in np.unique(np.searchsorted(ends, part, side="right"))]
        faults.check(
            len(joined) == 1,
            f"preprocess.window: the {name} split joins {' and '.join(joined)}, and a window would cross their seam; "
            "hold one of them out with `given`, or leave it out of download.files",
        )
    faults.stop()


def _fit_inputs(
    data: Arrays, params: Preprocess, rows: dict[str, Rows]
) -> tuple[dict[str, Input], dict[str, Rows], int]:
    columns = {name: column.columns for name, column in data.inputs.items()}
    train = {name: column.values[rows[TRAIN]] for name, column in data.inputs.items()}
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
    dropped = len(rows[TRAIN]) - len(kept)
    return inputs, rows | {TRAIN: rows[TRAIN][kept]}, dropped


def _shape(column: Column, params: Preprocess) -> list[int]:
    if params.words is not None:
        return [params.words.most]
    row = list(column.values.shape[1:])
    return [params.window.length, *row] if params.window else row


def _fit_targets(data: Arrays, params: Preprocess, train: Rows) -> dict[str, Target]:
    steps = _fit_values({n: c for n, c in data.targets.items() if c.classes is None}, params, train)
    return {
        name: Target(
            columns=column.columns,
            encoding=column.encoding or "values",
            classes=column.classes,
            steps=steps.get(name, []),
        )
        for name, column in data.targets.items()
    }


def _fit_values(values: Mapping[str, Column], params: Preprocess, train: Rows) -> dict[str, Steps]:
    if values:
        seen = {name: column.values[train] for name, column in values.items()}
        return fit_steps(params.target_steps, seen, {name: column.columns for name, column in values.items()})[0]
    if params.target_steps:
        raise Mistake("preprocess.target_steps: they scale values, but every target is a class; take them out")
    return {}


def _part(data: Arrays, inputs: Mapping[str, Input], targets: Mapping[str, Target], rows: Rows) -> Split:
    return Split(
        inputs={n: _stored_input(inputs[n], c.values[rows]) for n, c in data.inputs.items()},
        targets={n: _stored_target(targets[n], c.values[rows]) for n, c in data.targets.items()},
        rows=np.asarray(rows, np.int64),
    )


def _stored_input(spec: Input, values: NDArray[Any]) -> NDArray[Any]:
    return values if spec.late else np.asarray(apply(spec.steps, values), np.float32)


def _stored_target(spec: Target, values: NDArray[Any]) -> NDArray[Any]:
    match spec.encoding:
        case "one_hot":
            return one_hot(values, spec.width)
        case "integer":
            return values.astype(np.int32)
        case _:
            return np.asarray(apply(spec.steps, values), np.float32)


def _seen_in_training(parts: Mapping[str, Split]) -> dict[str, int]:
    """How many held-out samples have the very inputs of some training sample."""
    known = set(_contents(parts[TRAIN]))
    return {name: sum(row in known for row in _contents(part)) for name, part in parts.items() if name != TRAIN}


def _contents(part: Split) -> Iterator[bytes]:
    """A short digest stands for each sample: the samples themselves would be held twice."""
    for row in zip(*part.inputs.values(), strict=True):
        content = hashlib.blake2b(digest_size=16)
        for x in row:
            content.update(np.ascontiguousarray(x).tobytes())
        yield content.digest()
