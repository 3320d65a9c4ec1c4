"""Reads and writes rows of numbers, without the room that reads all formats."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from stages.core.errors import UserError
from stages.inference.input_schema import InputSchema
from stages.inference.predictor import Predictions
from stages.inference.raw_rows import RawRows
from stages.inference.read.row_block import RowBlock
from stages.inference.row_problems import RowProblem


class FakeFormats:
    def rows_from_records(self, records: Sequence[Mapping[str, Any]], schema: InputSchema) -> RowBlock:
        good, problems = [], []
        for number, record in enumerate(records, start=1):
            row = []
            for name in schema.names:
                try:
                    row.append(float(record[name]))
                except (KeyError, TypeError, ValueError):
                    problems.append(RowProblem(number, name, "is not a number"))
            if len(row) == len(schema.names):
                good.append((number, row))
        values = np.array([row for _, row in good], np.float64).reshape(-1, len(schema.names))
        return RowBlock(
            RawRows({name: values[:, n] for n, name in enumerate(schema.names)}, len(good)),
            np.array([number for number, _ in good], np.int64),
            {},
            problems,
        )

    def rows_from_csv(self, content: io.BytesIO, schema: InputSchema) -> Iterable[RowBlock]:
        try:
            lines = list(csv.DictReader(io.StringIO(content.getvalue().decode()), delimiter=schema.notation.separator))
        except (UnicodeDecodeError, csv.Error):
            raise UserError("not CSV") from None
        if lines and (missing := set(schema.names) - set(lines[0])):
            raise UserError(f"no column {', '.join(sorted(missing))}")
        yield self.rows_from_records(lines, schema)

    def prediction_records(self, block: RowBlock, predictions: Predictions) -> list[dict[str, Any]]:
        (target,) = predictions.values()
        assert target.probabilities is not None
        assert target.spec.classes is not None
        return [
            {"row": int(number), "size": target.spec.classes[predicted], "probabilities": shares.tolist()}
            for number, predicted, shares in zip(block.numbers, target.predicted, target.probabilities, strict=True)
        ]

    def prediction_csv(self, parts: Sequence[tuple[RowBlock, Predictions]]) -> str:
        found = [record for block, predictions in parts for record in self.prediction_records(block, predictions)]
        return "row,size\n" + "".join(f"{record['row']},{record['size']}\n" for record in found)
