"""How far the values of a column are from its accepted profile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.profile import ClassColumn, DateColumn, NumberColumn
from stages.core.rounding import round_significant

# Replaces a share of 0, which has no logarithm.
EPSILON = 1e-4
# The usual limits of PSI are for ten bins: every second one of the accepted quantiles is a border of two bins.
DECILES = slice(2, -1, 2)


@dataclass(frozen=True)
class ValueDistances:
    """`psi` and `ks` are distances between the distributions, `outside` the share of values out of the range."""

    psi: float
    ks: float
    outside: float


def quantile_numbers(accepted: NumberColumn | DateColumn) -> NDArray[Any]:
    """The quantiles; dates as microseconds since 1970."""
    return np.array([parse_time(q) if isinstance(q, str) else q for q in accepted.quantiles])


def value_distances(accepted: NumberColumn | DateColumn, at_most: NDArray[np.int64], below: int) -> ValueDistances:
    """`at_most` has the number of values up to each accepted quantile, then the number of all; `below` that of the
    values under the smallest quantile.

    The accepted distribution is known at its quantiles, so both distributions are compared there.
    """
    total, counts = int(at_most[-1]), at_most[:-1]
    expected, found = np.array(accepted.cumulative_counts) / accepted.present, counts / total
    # The first and the last bin are open, so that every value is in a bin.
    bins = (np.diff(cumulative[DECILES], prepend=0.0, append=1.0).tolist() for cumulative in (expected, found))
    return ValueDistances(
        psi=population_stability_index(*bins),
        # The Kolmogorov-Smirnov statistic at the accepted quantiles and just below the smallest one. The exact one may
        # be larger by up to a twentieth, the share of rows between two quantiles, unless all values are quantiles.
        ks=round_significant(max(below / total, float(np.abs(expected - found).max()))),
        outside=share(below + total - int(counts[-1]), total),
    )


def class_distance(accepted: ClassColumn, counts: Mapping[str, int]) -> float:
    """The population stability index of classes. `counts` has the number of values of each class."""
    accepted_counts = [*(count for _, count in accepted.counts), accepted.others]
    found = [counts.get(name, 0) for name, _ in accepted.counts]
    total = sum(counts.values())
    found.append(total - sum(found))
    return population_stability_index(
        [share(count, accepted.present) for count in accepted_counts], [share(count, total) for count in found]
    )


def population_stability_index(expected: Sequence[float], found: Sequence[float]) -> float:
    """0 for equal shares; by convention, more than 0.25 means another population.

    >>> round(population_stability_index([0.5, 0.5], [0.25, 0.75]), 4)
    0.2747
    """
    pairs = [(max(a, EPSILON), max(b, EPSILON)) for a, b in zip(expected, found, strict=True)]
    return round_significant(fsum((b - a) * log(b / a) for a, b in pairs))


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def parse_time(text: str) -> int:
    """
    >>> parse_time("1970-01-02")
    86400000000
    """
    return int(np.datetime64(text, "us").astype(np.int64))
