"""Counts of the values of a column, which grow block by block, and how far they are from its accepted profile."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.profile import ClassColumn, DateColumn, NumberColumn
from stages.core.artefacts.profile_distances import class_distance, quantile_numbers, share, value_distances
from stages.core.columns.features.category_feature import OTHER, CategoryFeature
from stages.core.columns.features.feature import missing_rows
from stages.inference.new_rows.raw_rows import RawValues

# Of fewer rows, a distribution says little: only single values are compared.
ROWS_OF_A_DISTRIBUTION = 200
# Different unknown categories are counted up to this number, so that memory is bounded.
MAX_COUNTED = 1000
_NOUNS = {"text": "length"}


@dataclass(frozen=True)
class DistanceLimits:
    """The names and defaults are those of `validate.drift`."""

    psi: float = 0.25
    ks: float = 0.2
    missing: float = 0.05
    ignore: Sequence[str] = ()


class ValueDistance:
    """Counts of numbers, of times, or of the lengths of texts, between the accepted quantiles."""

    def __init__(self, accepted: NumberColumn | DateColumn) -> None:
        self._accepted = accepted
        self._quantiles = quantile_numbers(accepted)
        # Of the values up to each quantile that are above the one before it, and of those above all.
        self._counts = np.zeros(len(self._quantiles) + 1, np.int64)
        self._below = self._missing = 0

    def add(self, values: RawValues) -> None:
        numbers = comparable_numbers(self._accepted, values)
        if numbers is None:
            return
        self._missing += len(values) - len(numbers)
        self._below += int((numbers < self._quantiles[0]).sum())
        places = np.searchsorted(self._quantiles, numbers, side="left")
        self._counts += np.bincount(places, minlength=len(self._counts))

    def differences(self, limits: DistanceLimits) -> Iterator[str]:
        total = int(self._counts.sum())
        if outside := self._below + int(self._counts[-1]):
            yield f"{count(outside, _NOUNS.get(self._accepted.kind, 'value'))} outside {self._range}"
        if total >= ROWS_OF_A_DISTRIBUTION:
            found = value_distances(self._accepted, self._counts.cumsum(), self._below)
            measures = [("psi", found.psi, limits.psi), ("ks", found.ks, limits.ks)]
            if exceeded := [f"{name} {value:.2g}" for name, value, limit in measures if value > limit]:
                yield f"another distribution ({', '.join(exceeded)})"
        yield from missing_difference(self._accepted, self._missing, total, limits)

    @property
    def _range(self) -> str:
        first, last = self._accepted.quantiles[0], self._accepted.quantiles[-1]
        return f"{first} to {last}" if isinstance(first, str) else f"{first:.6g} to {last:.6g}"


class ClassDistance:
    """Counts of the accepted classes, and of all others together."""

    def __init__(self, accepted: ClassColumn) -> None:
        self._accepted = accepted
        self._counts = {name: 0 for name, _ in accepted.counts}
        self._others = self._missing = 0

    def add(self, values: RawValues) -> None:
        array = np.asarray(values)
        missing = missing_rows(array, [])
        self._missing += int(missing.sum())
        for name, number in Counter(map(str, array[~missing].tolist())).items():
            if name in self._counts:
                self._counts[name] += number
            else:
                self._others += number

    def differences(self, limits: DistanceLimits) -> Iterator[str]:
        total = sum(self._counts.values()) + self._others
        if self._others and not self._accepted.others:
            yield f"{count(self._others, 'value')} of unseen classes"
        if total >= ROWS_OF_A_DISTRIBUTION:
            psi = class_distance(self._accepted, self._counts | {"": self._others})
            if psi > limits.psi:
                yield f"another distribution (psi {psi:.2g})"
        yield from missing_difference(self._accepted, self._missing, total, limits)


class UnknownCategories:
    """The categories that the model has no number for. Those of a private column are kept as hashes."""

    def __init__(self, feature: CategoryFeature) -> None:
        self.feature = feature
        self._unknown: set[str] = set()
        self._rows = 0

    def add(self, values: RawValues) -> None:
        array = np.asarray(values)
        filled, missing = self.feature.parse_and_fill(array)
        unknown = filled[~missing & (self.feature.category_numbers(array) == OTHER)]
        self._rows += len(unknown)
        if len(self._unknown) < MAX_COUNTED:
            self._unknown.update(unknown.tolist())

    def differences(self, limits: DistanceLimits) -> Iterator[str]:  # noqa: ARG002
        if self._rows:
            more = "or more " if len(self._unknown) >= MAX_COUNTED else ""
            kind = "unseen or rare" if self.feature.has_rare else "unseen"
            noun = "category" if len(self._unknown) == 1 else "categories"
            yield f"{len(self._unknown):,} {more}{kind} {noun} in {count(self._rows, 'row')}"


def comparable_numbers(accepted: NumberColumn | DateColumn, values: RawValues) -> NDArray[Any] | None:
    """The values that are present, as the profile counts them; None for values of another kind."""
    if not isinstance(values, np.ndarray):
        return None
    present = values[~missing_rows(values, [])]
    if accepted.kind == "text" and values.dtype.kind == "O":
        return np.array([len(str(text)) for text in present.tolist()], np.float64)
    if accepted.kind == "number" and values.dtype.kind in "iuf":
        return present[np.isfinite(present)]
    if accepted.kind == "date" and values.dtype.kind == "M":
        return present.astype("datetime64[us]").astype(np.int64)
    return None


def missing_difference(
    accepted: NumberColumn | DateColumn | ClassColumn, missing: int, present: int, limits: DistanceLimits
) -> Iterator[str]:
    before, now = share(accepted.missing, accepted.present + accepted.missing), share(missing, missing + present)
    if missing and not accepted.missing:
        yield f"missing in {count(missing, 'row')}, accepted in none"
    elif now - before > limits.missing:
        yield f"missing in {now:.0%} of the rows, accepted {before:.0%}"


def count(number: int, noun: str) -> str:
    """
    >>> count(1, "row"), count(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{number:,} {noun if number == 1 else noun + 's'}"
