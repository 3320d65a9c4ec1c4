"""Drift: how far each column is from the profile that the user accepted."""

from collections.abc import Mapping

import numpy as np

from stages.core.artefacts.profile import ClassColumn, Column, DateColumn, NumberColumn, Profile
from stages.core.artefacts.profile_distances import class_distance, quantile_numbers, share, value_distances
from stages.core.artefacts.records.validation import ColumnDrift, DriftRecord
from stages.core.errors import format_examples
from stages.validate.drift.profiled_values import ClassCounts, ColumnValues, SortedValues
from stages.validate.params import Drift


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
            missing = share(before[name].missing, accepted.rows), share(now[name].missing, current.rows)
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


def _compare_classes(accepted: ClassColumn, current: ClassCounts) -> ColumnDrift:
    """A class is new only if the accepted profile names all classes of the column."""
    names = [name for name, _ in accepted.counts]
    return ColumnDrift(
        column=accepted.name,
        kind=accepted.kind,
        psi=class_distance(accepted, current.counts),
        distinct=(accepted.distinct, len(current.counts)),
        removed=[name for name in names if name not in current.counts],
        added=[] if accepted.others else [name for name in current.counts if name not in names],
    )


def _compare_values(
    accepted: NumberColumn | DateColumn, current: NumberColumn | DateColumn, values: SortedValues
) -> ColumnDrift:
    quantiles = quantile_numbers(accepted)
    at_most = np.append(values.cumulative_counts(quantiles), len(values.values))
    distances = value_distances(accepted, at_most, int(np.searchsorted(values.values, quantiles[0])))
    return ColumnDrift(
        column=accepted.name,
        kind=accepted.kind,
        psi=distances.psi,
        ks=distances.ks,
        outside=distances.outside,
        range=((accepted.quantiles[0], accepted.quantiles[-1]), (current.quantiles[0], current.quantiles[-1])),
    )


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
