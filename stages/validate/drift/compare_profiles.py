"""How far the data have moved away from the profile that a person accepted, column by column."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import fsum, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.profile import ClassColumn, Column, DateColumn, NumberColumn, Profile
from stages.core.errors import format_examples
from stages.core.runtime.atomic_write import round_significant
from stages.validate.column_values import Named, Ordered, Values
from stages.validate.drift.compute_profile import microseconds
from stages.validate.params import Drift

# A share of nothing has no logarithm.
EPSILON = 1e-4
# The customary limits of PSI are for ten bins: every second of the accepted quantiles parts two of them.
DECILES = slice(2, -1, 2)

Range = tuple[Any, Any]


@dataclass(frozen=True)
class Moved:
    """One column then and now; `exceeded` names what is beyond its limit, or is another column altogether.

    `outside` is the share of values below the least or above the greatest that was accepted.
    """

    column: str
    kind: str
    exceeded: list[str] = field(default_factory=list)
    psi: float | None = None
    ks: float | None = None
    outside: float | None = None
    missing: Range | None = None
    range: tuple[Range, Range] | None = None
    distinct: tuple[int, int] | None = None
    gone: Sequence[str] = ()
    new: Sequence[str] = ()


def moved(accepted: Profile, profile: Profile, columns: Mapping[str, Values], params: Drift) -> list[Moved]:
    """The accepted columns in their order, then those that are new."""
    then, now = ({c.name: c for c in p.columns if c.name not in params.ignore} for p in (accepted, profile))
    found = []
    for name in {**then, **now}:
        if name not in now:
            found.append(Moved(name, then[name].kind, ["gone"]))
        elif name not in then:
            found.append(Moved(name, now[name].kind, ["new"]))
        else:
            found.append(compared(then[name], now[name], columns[name], (accepted.rows, profile.rows), params))
    return found


def compared(then: Column, now: Column, values: Values, rows: tuple[int, int], params: Drift) -> Moved:
    missing = share(then.missing, rows[0]), share(now.missing, rows[1])
    figures: dict[str, Any] = {}
    match then, now, values:
        case ClassColumn(), ClassColumn(), Named():
            figures = classes(then, values)
        case ((NumberColumn() | DateColumn()), (NumberColumn() | DateColumn()), Ordered()) if then.kind == now.kind:
            figures = spread(then, values) | {"range": (ends(then), ends(now))}
    changed = ["kind"] if then.kind != now.kind else []
    further = [name for name in ("psi", "ks", "outside") if figures.get(name, 0) > getattr(params, name)]
    other = ["classes"] if figures.get("gone") or figures.get("new") else []
    emptier = ["missing"] if missing[1] - missing[0] > params.missing else []
    return Moved(then.name, now.kind, [*changed, *further, *other, *emptier], missing=missing, **figures)


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def ends(column: NumberColumn | DateColumn) -> Range:
    return column.quantiles[0], column.quantiles[-1]


def classes(then: ClassColumn, now: Named) -> dict[str, Any]:
    """Where there were more classes than the profile names, one that it does not name need not be new."""
    before = dict(then.counts)
    counts = [now.counts.get(name, 0) for name in before]
    total = sum(now.counts.values())
    shares = [share(n, then.present) for n in (*before.values(), then.others)]
    return {
        "psi": psi(shares, [share(n, total) for n in (*counts, total - sum(counts))]),
        "distinct": (then.distinct, len(now.counts)),
        "gone": [name for name, count in zip(before, counts, strict=True) if not count],
        "new": [] if then.others else [name for name in now.counts if name not in before],
    }


def spread(then: NumberColumn | DateColumn, now: Ordered) -> dict[str, float]:
    grid = np.array([microseconds(q) if isinstance(q, str) else q for q in then.quantiles])
    total, below = len(now.values), now.below(grid[0])
    expected, found = np.array(then.cumulative_counts) / then.present, now.cumulative_counts(grid) / total
    return {
        "psi": psi(bins(expected), bins(found)),
        "ks": largest_distance(expected, found, below / total),
        "outside": share(below + total - int(now.cumulative_counts(grid[-1])), total),
    }


def bins(cumulated: NDArray[np.float64]) -> list[float]:
    """The shares between the deciles; the first bin and the last are open, so that nothing falls outside."""
    shares: list[float] = np.diff(cumulated[DECILES], prepend=0.0, append=1.0).tolist()
    return shares


def psi(expected: Sequence[float], found: Sequence[float]) -> float:
    """The population stability index: 0 for equal shares; over 0.25 is by custom another population.

    >>> round(psi([0.5, 0.5], [0.25, 0.75]), 4)
    0.2747
    """
    pairs = [(max(a, EPSILON), max(b, EPSILON)) for a, b in zip(expected, found, strict=True)]
    return round_significant(fsum((b - a) * log(b / a) for a, b in pairs))


def largest_distance(expected: NDArray[np.float64], found: NDArray[np.float64], below: float) -> float:
    """Kolmogorov and Smirnov's, looked for at the accepted quantiles and just below the least of them.

    That is all that a profile knows of the accepted data, so the true one may be larger by what lies between two
    quantiles, a twentieth; with few values, all of them quantiles, it is exact.
    """
    return round_significant(max(below, float(np.abs(expected - found).max())))


def record(accepted: Profile | None, profile: Profile, found: Sequence[Moved]) -> dict[str, Any]:
    if accepted is None:
        return {"accepted": False}
    return {
        "accepted": True,
        "rows": [accepted.rows, profile.rows],
        "drifted": sum(bool(column.exceeded) for column in found),
        "columns": [_written(column) for column in found],
    }


def _written(column: Moved) -> dict[str, Any]:
    """Without what its kind does not have."""
    known = {name: value for name, value in asdict(column).items() if value or value == 0}
    return known | {"exceeded": column.exceeded}


def sentence(found: Sequence[Moved]) -> str | None:
    """Nothing when all columns are as they were accepted."""
    drifted = [column for column in found if column.exceeded]
    if not drifted:
        return None
    told = format_examples(f"{column.column} ({', '.join(_exceeded(column))})" for column in drifted)
    return f"{len(drifted)} of {len(found)} columns are not as they were accepted: {told}"


def _exceeded(column: Moved) -> list[str]:
    """
    >>> _exceeded(Moved("a", "number", ["ks", "missing"], ks=0.25, missing=(0.0, 0.5)))
    ['ks 0.25', 'missing 0.5']
    """
    figures = {"psi": column.psi, "ks": column.ks, "outside": column.outside}
    figures["missing"] = column.missing[1] if column.missing else None
    return [name if figures.get(name) is None else f"{name} {figures[name]:.3g}" for name in column.exceeded]
