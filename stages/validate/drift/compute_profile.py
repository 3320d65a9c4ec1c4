"""A profile made of the columns of a raw data set."""

from collections.abc import Mapping
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.profile import (
    MOST_FREQUENT,
    QUANTILES,
    ClassColumn,
    Column,
    DateColumn,
    EmptyColumn,
    NumberColumn,
    Profile,
)
from stages.validate.column_values import Named, Nothing, Ordered, Values


def profile_of(columns: Mapping[str, Values], rows: int, files: Mapping[str, str]) -> Profile:
    return Profile(rows=rows, files=dict(files), columns=[_column(name, values) for name, values in columns.items()])


def _column(name: str, values: Values) -> Column:
    match values:
        case Nothing():
            return EmptyColumn(name=name, kind="empty", missing=values.missing)
        case Named():
            return _classes(name, values)
        case Ordered():
            return _spread(name, values)
        case _:
            assert_never(values)


def _classes(name: str, values: Named) -> ClassColumn:
    counts = list(values.counts.items())
    return ClassColumn(
        name=name,
        kind="class",
        missing=values.missing,
        distinct=len(counts),
        counts=counts[:MOST_FREQUENT],
        others=sum(count for _, count in counts[MOST_FREQUENT:]),
    )


def _spread(name: str, values: Ordered) -> NumberColumn | DateColumn:
    quantiles = at_steps(values.values)
    cumulative_counts = values.cumulative_counts(quantiles).tolist()
    known = {"name": name, "kind": values.kind, "missing": values.missing, "cumulative_counts": cumulative_counts}
    if values.kind == "date":
        return DateColumn(**known, quantiles=[*map(moment, quantiles.tolist())])
    return NumberColumn(**known, quantiles=quantiles.tolist())


def at_steps(ascending: NDArray[Any]) -> NDArray[Any]:
    """The least value, and for every twentieth of the rows the one that so many are at most: no mean of two.

    >>> at_steps(np.arange(1, 42)).tolist()[:4], at_steps(np.array([7, 9])).tolist()[9:12]
    ([1, 3, 5, 7], [7, 7, 9])
    """
    steps = np.arange(QUANTILES + 1)
    return ascending[np.maximum(-(-len(ascending) * steps // QUANTILES) - 1, 0)]


def moment(microseconds: int) -> str:
    """
    >>> moment(0), moment(1_500_000)
    ('1970-01-01', '1970-01-01T00:00:01.500000')
    """
    return str(np.datetime64(microseconds, "us")).removesuffix(".000000").removesuffix("T00:00:00")


def microseconds(moment: str) -> int:
    """
    >>> microseconds("1970-01-02")
    86400000000
    """
    return int(np.datetime64(moment, "us").astype(np.int64))
