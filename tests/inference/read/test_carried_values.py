"""Columns that the model does not need are written, whatever type their format has."""

import io
import json

import numpy as np
import pytest

from stages.inference.read.read_rows import read_rows
from stages.inference.write.write_predictions import PredictionWriter
from tests.inference.serve.small_models import SIZES, sizes_predictor

SECONDS = np.timedelta64(90, "s")
CARRIED = {
    "day": np.array(["2020-01-31", "NaT"], "M8[us]"),
    "time": np.array([SECONDS, SECONDS]),
    "share": np.array([np.nan, np.inf]),
    "code": np.array([b"x", b"y"]),
    "wave": np.array([1j, 2j]),
}


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "json", "parquet"])
def test_they_are_written_in_each_format(file_format: str) -> None:
    source, target = io.BytesIO(), io.BytesIO()
    np.savez(source, allow_pickle=False, length=np.ones(2), width=np.ones(2), **CARRIED)
    source.seek(0)
    with PredictionWriter(target, file_format) as writer:  # type: ignore[arg-type]
        for block in read_rows(source, SIZES, "npz"):
            writer.write(block, sizes_predictor().predict(block.rows))
    if file_format == "jsonl":
        first, second = map(json.loads, target.getvalue().splitlines())
        assert (first["day"], second["day"], first["time"]) == ("2020-01-31 00:00:00", None, "0:01:30")
        assert first["share"] is second["share"] is None
