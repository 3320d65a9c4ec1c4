"""The answers of a server to some of the raw rows that evaluate measured: to one row alone, and to many together."""

import base64
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

import numpy as np
from numpy.typing import NDArray

from benchmarks.inference.answers import Answers, MeasuredSplit
from stages.cli.predict.rows.split_as_new_rows import raw_values
from stages.core.artefacts.processed import TargetSpec
from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.artefacts.raw.raw_data import split_sizes
from stages.core.artefacts.row_numbers import as_array
from stages.core.columns.pictures.picture_pixels import PictureValues
from stages.export.held_out.stored_rows import rows_of_raw_split
from stages.inference.forecast_rows import time_texts
from stages.inference.input_schema import InputSchema
from stages.inference.new_rows.raw_rows import RawRows, RawValues
from stages.inference.predictor import TargetPrediction

ALONE, TOGETHER, BATCHES = 20, 100, 2
# The first row of a window may be a gap, which is filled with the value of the row before it.
MORE_ROWS = 5


@dataclass(frozen=True)
class RowsToSend:
    """`positions` are those of the answers among all that evaluate measured."""

    positions: NDArray[np.int64]
    rows: RawRows


def http_answers(address: str, measured: MeasuredSplit, schema: InputSchema) -> tuple[NDArray[np.int64], Answers]:
    """The answers to some rows, and their positions among those of evaluate."""
    parts = list(rows_to_send(measured, schema))
    records = [record for part in parts for record in send(address, json_rows(part.rows, schema))]
    positions = np.concatenate([part.positions for part in parts])
    targets = measured.processed.fitted.targets
    predictions = {name: prediction_of_records(name, spec, records) for name, spec in targets.items()}
    return positions, Answers(measured.row_numbers[positions], predictions)


def rows_to_send(measured: MeasuredSplit, schema: InputSchema) -> Iterator[RowsToSend]:
    """A part for each request: rows alone and rows together, or the known rows before a forecast."""
    rows = RawRows(raw_values(measured.raw, schema.names), sum(split_sizes(measured.raw).values()))
    numbers = as_array(measured.processed.raw_row_numbers(measured.split))
    window = measured.processed.fitted.window
    if window is None:
        together = spread(len(numbers), TOGETHER * BATCHES)
        for chosen in [*spread(len(numbers), ALONE)[:, None], *np.array_split(together, BATCHES)]:
            if len(chosen):
                yield RowsToSend(chosen, rows[numbers[chosen]])
        return
    steps = len(window.steps_ahead)
    for sample in spread(len(numbers), ALONE).tolist():
        end = int(numbers[sample]) - window.horizon + 1
        start = max(rows_of_raw_split(measured.raw, end - 1).start, end - schema.rows - MORE_ROWS)
        if end - start >= schema.rows:
            yield RowsToSend(np.arange(sample * steps, (sample + 1) * steps), rows[start:end])


def spread(count: int, most: int) -> NDArray[np.int64]:
    """
    >>> spread(5, 3), spread(2, 3)
    (array([0, 2, 4]), array([0, 1]))
    """
    return np.unique(np.linspace(0, count - 1, most).round().astype(np.int64))


def json_rows(rows: RawRows, schema: InputSchema) -> list[dict[str, Any]]:
    columns = {name: json_values(values, name, schema) for name, values in rows.columns.items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def json_values(values: RawValues, column: str, schema: InputSchema) -> list[Any]:
    match values:
        case PictureValues():
            return [None if number < 0 else picture_text(values.pixels[number]) for number in values.numbers.tolist()]
        case RaggedRows():
            return [ids.tolist() for ids in values]
    if values.dtype.kind == "M":
        texts = time_texts(values, schema.time_format if column == schema.time else None)
        return [None if np.isnat(value) else text for value, text in zip(values, texts, strict=True)]
    if values.dtype.kind == "f" and values.ndim == 1:
        return [None if np.isnan(value) else value for value in values.tolist()]
    return list(values.tolist())


def picture_text(pixels: NDArray[np.uint8]) -> str:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def send(address: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    request = Request(  # noqa: S310 - the address is that of our own server
        f"{address}/predict", json.dumps(rows).encode(), {"Content-Type": "application/json"}
    )
    with urlopen(request) as answer:  # noqa: S310
        found: list[dict[str, Any]] = json.load(answer)["predictions"]
        return found


def prediction_of_records(target: str, spec: TargetSpec, records: Sequence[Mapping[str, Any]]) -> TargetPrediction:
    if spec.classes is not None:
        numbers = np.array([spec.classes.index(record[target]) for record in records])
        shares = [[record[f"{target}_p_{name}"] for name in spec.classes] for record in records]
        return TargetPrediction(spec, numbers, np.array(shares, np.float32))
    names = [target] if len(spec.columns) == 1 else spec.columns

    def values(end: str) -> NDArray[np.float64] | None:
        if f"{names[0]}{end}" not in records[0]:
            return None
        return np.array([[record[f"{name}{end}"] for name in names] for record in records], np.float64)

    predicted = values("")
    assert predicted is not None
    return TargetPrediction(spec, predicted, lower=values("_lower"), upper=values("_upper"))
