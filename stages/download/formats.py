"""One reader per file format, each to the same plain forms: a frame, or images with their labels."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, assert_never

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from stages.core.errors import Faults, Mistake, nearest
from stages.download.columns import chosen, plain_frame
from stages.download.csv_text import read_csv
from stages.download.params import Csv, Files, Npz, Parquet

Array = NDArray[Any]


def read_table(path: Path, form: Csv | Parquet, params: Files) -> pd.DataFrame:
    match form:
        case Csv():
            table = read_csv(path, form, params)
        case Parquet():
            table = _read_parquet(path, params)
        case _:
            assert_never(form)
    return plain_frame(table, list(params.classes))


def _read_parquet(path: Path, params: Files) -> pa.Table:
    try:
        with pq.ParquetFile(path) as file:
            kept = chosen(file.schema_arrow.names, params)
            return file.read(columns=kept).select(kept)
    except pa.ArrowException as error:
        raise Mistake(f"not readable as Parquet: {error}") from None


def read_images(path: Path, form: Npz) -> tuple[Array, Array]:
    if not zipfile.is_zipfile(path):
        raise Mistake("not an npz file")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            images, labels = _arrays(arrays, [form.images, form.labels])
    except (ValueError, zipfile.BadZipFile) as error:
        raise Mistake(f"not readable as npz: {error}") from None
    _check_images(images, labels)
    return images, labels


def _arrays(found: Mapping[str, Array], names: Sequence[str]) -> list[Array]:
    faults = Faults()
    for name in names:
        faults.check(name in found, f"no array {name!r}; {nearest(name, list(found))}")
    faults.stop()
    return [np.asarray(found[name]) for name in names]


def _check_images(images: Array, labels: Array) -> None:
    faults = Faults()
    faults.check(
        images.ndim in (3, 4) and images.dtype.kind in "biuf",
        f"images must be numbers of shape (count, height, width[, channels]); received {_shape(images)}",
    )
    faults.check(
        labels.ndim == 1 and labels.dtype.kind in "iu",
        f"labels must be whole numbers of shape (count,); received {_shape(labels)}",
    )
    faults.check(len(images) == len(labels), f"{len(images)} images and {len(labels)} labels; one label an image")
    faults.stop()


def _shape(array: Array) -> str:
    return f"{array.dtype} of shape {array.shape}"
