"""Drift: how far each column is from the profile that the user accepted."""

from collections.abc import Mapping, Sequence
from math import fsum, log

import numpy as np

from stages.core.artefacts.profile import ClassColumn, Column, DateColumn, NumberColumn, Profile
from stages.core.artefacts.records.validation import ColumnDrift, DriftRecord
from stages.core.errors import format_examples
from stages.core.rounding import round_significant
from stages.validate.drift.column_values import ClassCounts, ColumnValues, SortedValues
from stages.validate.drift.compute_profile import parse_time
from stages.validate.params import Drift

# Replaces a share of 0, which has no logarithm.
EPSILON = 1e-4
# The usual limits of PSI are for ten bins: every second one of the accepted quantiles is a border of two bins.
DECILES = slice(2, -1, 2)


def compare_profiles(
    accepted: Profile | None, current: Profile, columns: Mapping[str, ColumnValues], params: Drift
) -> DriftRecord:
    """Compare the accepted columns in their order, then add the new ones. `columns` are the current values."""
    if accepted is None:
        return DriftRecord(accepted=False)
    before, now = ({c.name: c for c in p.columns if c.name not in params.ignore} for p in (accepted, current))
    found = []
    for name in {**before, **now}:
        if name not in now:
            found.append(ColumnDrift(column=name, kind=before[name].kind, exceeded=["removed"]))
        elif name not in before:
            found.append(ColumnDrift(column=name, kind=now[name].kind, exceeded=["added"]))
        else:
            missing = _share(before[name].missing, accepted.rows), _share(now[name].missing, current.rows)
            found.append(_compare_column(before[name], now[name], columns[name], missing, params))
    return DriftRecord(
        accepted=True,
        accepted_rows=accepted.rows,
        rows=current.rows,
        drifted=sum(bool(column.exceeded) for column in found),
        columns=found,
    )


def _compare_column(
    accepted: Column, current: Column, values: ColumnValues, missing: tuple[float, float], params: Drift
) -> ColumnDrift:
    match accepted, current, values:
        case ClassColumn(), ClassColumn(), ClassCounts():
            drift = _compare_classes(accepted, values)
        case NumberColumn() | DateColumn(), NumberColumn() | DateColumn(), SortedValues() if (
            accepted.kind == current.kind
        ):
            drift = _compare_values(accepted, current, values)
        case _:
            drift = ColumnDrift(column=current.name, kind=current.kind)
    limits_exceeded = {
        "kind": accepted.kind != current.kind,
        "psi": (drift.psi or 0) > params.psi,
        "ks": (drift.ks or 0) > params.ks,
        "outside": (drift.outside or 0) > params.outside,
        "classes": bool(drift.removed or drift.added),
        "missing": missing[1] - missing[0] > params.missing,
    }
    exceeded = [name for name, is_exceeded in limits_exceeded.items() if is_exceeded]
    return drift.model_copy(update={"missing": missing, "exceeded": exceeded})


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _compare_classes(accepted: ClassColumn, current: ClassCounts) -> ColumnDrift:
    """A class is new only if the accepted profile names all classes of the column."""
    names = [name for name, _ in accepted.counts]
    accepted_counts = [*(count for _, count in accepted.counts), accepted.others]
    counts = [current.counts.get(name, 0) for name in names]
    total = sum(current.counts.values())
    counts.append(total - sum(counts))
    return ColumnDrift(
        column=accepted.name,
        kind=accepted.kind,
        psi=population_stability_index(
            [_share(count, accepted.present) for count in accepted_counts], [_share(count, total) for count in counts]
        ),
        distinct=(accepted.distinct, len(current.counts)),
        removed=[name for name in names if name not in current.counts],
        added=[] if accepted.others else [name for name in current.counts if name not in names],
    )


def _compare_values(
    accepted: NumberColumn | DateColumn, current: NumberColumn | DateColumn, values: SortedValues
) -> ColumnDrift:
    """The accepted distribution is known at its quantiles, so both distributions are compared there."""
    quantiles = np.array([parse_time(q) if isinstance(q, str) else q for q in accepted.quantiles])
    counts = values.cumulative_counts(quantiles)
    total, below = len(values.values), int(np.searchsorted(values.values, quantiles[0]))
    expected, found = np.array(accepted.cumulative_counts) / accepted.present, counts / total
    # The first and the last bin are open, so that every value is in a bin.
    bins = (np.diff(cumulative[DECILES], prepend=0.0, append=1.0).tolist() for cumulative in (expected, found))
    return ColumnDrift(
        column=accepted.name,
        kind=accepted.kind,
        psi=population_stability_index(*bins),
        # The Kolmogorov-Smirnov statistic at the accepted quantiles and just below the smallest one. The exact one may
        # be larger by up to a twentieth, the share of rows between two quantiles, unless all values are quantiles.
        ks=round_significant(max(below / total, float(np.abs(expected - found).max()))),
        outside=_share(below + total - int(counts[-1]), total),
        range=((accepted.quantiles[0], accepted.quantiles[-1]), (current.quantiles[0], current.quantiles[-1])),
    )


def population_stability_index(expected: Sequence[float], found: Sequence[float]) -> float:
    """0 for equal shares; by convention, more than 0.25 means another population.

    >>> round(population_stability_index([0.5, 0.5], [0.25, 0.75]), 4)
    0.2747
    """
    pairs = [(max(a, EPSILON), max(b, EPSILON)) for a, b in zip(expected, found, strict=True)]
    return round_significant(fsum((b - a) * log(b / a) for a, b in pairs))


def describe_drift(drift: DriftRecord) -> str | None:
    """A message about the columns that drifted; None if no column did."""
    drifted = [column for column in drift.columns if column.exceeded]
    if not drifted:
        return None
    examples = format_examples(f"{column.column} ({', '.join(_describe_exceeded(column))})" for column in drifted)
    return f"{len(drifted)} of {len(drift.columns)} columns differ from the accepted profile: {examples}"


def _describe_exceeded(column: ColumnDrift) -> list[str]:
    """
    >>> _describe_exceeded(ColumnDrift(column="a", kind="text", exceeded=["ks", "kind"], ks=0.25))
    ['ks 0.25', 'kind']
    """
    values = {"psi": column.psi, "ks": column.ks, "outside": column.outside}
    values["missing"] = column.missing[1] if column.missing else None
    return [name if values.get(name) is None else f"{name} {values[name]:.3g}" for name in column.exceeded]
