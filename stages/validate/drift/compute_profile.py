"""Computes the profile of a raw dataset from the values of its columns."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.profile import (
    MAX_CLASSES,
    QUANTILES,
    ClassColumn,
    Column,
    DateColumn,
    EmptyColumn,
    NumberColumn,
    Profile,
)
from stages.validate.drift.profiled_values import ClassCounts, ColumnValues, NoValues


def compute_profile(columns: Mapping[str, ColumnValues], row_count: int, files: Mapping[str, str]) -> Profile:
    """`files` are the files of the raw data and their hashes."""
    profiles = [_profile_column(name, values) for name, values in columns.items()]
    return Profile(rows=row_count, files=dict(files), columns=profiles)


def _profile_column(name: str, column: ColumnValues) -> Column:
    missing = column.missing
    if isinstance(column, NoValues):
        return EmptyColumn(name=name, kind="empty", missing=missing)
    if isinstance(column, ClassCounts):
        counts = list(column.counts.items())
        named, others = counts[:MAX_CLASSES], sum(count for _, count in counts[MAX_CLASSES:])
        return ClassColumn(name=name, kind="class", missing=missing, distinct=len(counts), counts=named, others=others)
    quantiles = quantile_values(column.values)
    at_most = column.cumulative_counts(quantiles).tolist()
    if column.kind == "date":
        times = [format_time(value) for value in quantiles.tolist()]
        return DateColumn(name=name, kind="date", missing=missing, quantiles=times, cumulative_counts=at_most)
    numbers = quantiles.tolist()
    return NumberColumn(name=name, kind=column.kind, missing=missing, quantiles=numbers, cumulative_counts=at_most)


def quantile_values(ascending: NDArray[Any]) -> NDArray[Any]:
    """The minimum, and for each twentieth of the rows the smallest value that so many rows do not exceed.

    >>> quantile_values(np.arange(1, 42)).tolist()[:4], quantile_values(np.array([7, 9])).tolist()[9:12]
    ([1, 3, 5, 7], [7, 7, 9])
    """
    # Like np.quantile(method="inverted_cdf"), but in whole numbers, without its rounding errors.
    rows = -(-len(ascending) * np.arange(QUANTILES + 1) // QUANTILES)
    return ascending[np.maximum(rows - 1, 0)]


def format_time(microseconds: int) -> str:
    """
    >>> format_time(0), format_time(1_500_000)
    ('1970-01-01', '1970-01-01T00:00:01.500000')
    """
    return str(np.datetime64(microseconds, "us")).removesuffix(".000000").removesuffix("T00:00:00")
