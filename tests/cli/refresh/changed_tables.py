"""A table, and the same table after usual changes."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from stages.core.artefacts.raw.raw_data import Table
from stages.core.parameters.validation_errors import type_adapter
from stages.preprocess.params import Preprocess

ROWS = 60


def people(rows: int = ROWS, first: int = 0) -> pd.DataFrame:
    """`id` identifies a row; a town has several rows."""
    number = np.arange(first, first + rows)
    return pd.DataFrame(
        {
            "id": number,
            "town": [f"town{(n * 7) % 13}" for n in number],
            "day": pd.date_range("2024-01-01", periods=first + rows).strftime("%Y-%m-%d")[first:],
            "size": (number * 37 % 101) / 10,
            "kind": [("aster", "rose")[n * 5 % 7 % 2] for n in number],
        }
    )


def appended(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, people(20, first=len(frame))], ignore_index=True)


def corrected(frame: pd.DataFrame) -> pd.DataFrame:
    """A third of the rows have another size."""
    return frame.assign(size=frame["size"] + 100 * (frame["id"] % 3 == 0))


def shrunk(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["id"] % 4 != 0].reset_index(drop=True)


def reordered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sample(frac=1, random_state=1).reset_index(drop=True)


def all_at_once(frame: pd.DataFrame) -> pd.DataFrame:
    return reordered(shrunk(corrected(appended(frame))))


CHANGES: Mapping[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    change.__name__: change for change in (appended, corrected, shrunk, reordered, all_at_once)
}

_SIZES = {"test": 0.25, "validation": 0.2}
SPLITS: Mapping[str, Mapping[str, Any]] = {
    "shuffled": {"split": _SIZES | {"order": "shuffled"}},
    "stratified": {"split": _SIZES | {"order": "stratified"}},
    "group": {"split": _SIZES | {"order": "shuffled"}, "columns": {"town": "group"}},
    "time": {"split": _SIZES | {"order": "chronological", "by": "day"}},
    "hash": {"split": _SIZES | {"order": "hash", "key": "id"}},
    "in order": {"split": _SIZES | {"order": "chronological"}},
}


def preprocess_params(split: str, **options: Any) -> Preprocess:
    usual = {"targets": "kind", "labels": "one_hot", "inputs": ["size"], "steps": [{"step": "standard"}]}
    params: Preprocess = type_adapter(Preprocess).validate_python(usual | dict(SPLITS[split]) | options)
    return params


def table(frame: pd.DataFrame, **options: Any) -> Table:
    return Table({"all": frame}, **options)
